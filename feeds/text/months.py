"""The months' names in many languages, as dates write them. Pure; the table is our own."""

from __future__ import annotations

import re

_NAMES = """
january jan januar januari janvier janv enero ene gennaio gen janeiro tammikuuta ocak styczeń stycznia leden ledna
 január ianuarie января январь січня ιανουαρίου يناير जनवरी ינואר
february feb februar februari février févr fevrier febrero febbraio fevereiro helmikuuta şubat luty lutego únor února
 február februarie февраля февраль лютого φεβρουαρίου فبراير फ़रवरी פברואר
march mar märz maerz maart mars marzo março marco maaliskuuta mart marzec marca březen března március martie
 марта март березня μαρτίου مارس मार्च מרץ
april apr avril abril abr aprile huhtikuuta nisan kwiecień kwietnia duben dubna április aprilie
 апреля апрель квітня απριλίου أبريل अप्रैल אפריל
may mai mei mayo maggio mag maio maj toukokuuta mayıs maja květen května május мая май травня μαΐου مايو मई מאי
june jun juni juin junio giugno giu junho kesäkuuta haziran czerwiec czerwca červen června június iunie
 июня июнь червня ιουνίου يونيو जून יוני
july jul juli juillet juil julio luglio lug julho heinäkuuta temmuz lipiec lipca červenec července július iulie
 июля июль липня ιουλίου يوليو जुलाई יולי
august aug augustus août aout agosto ago agustus augusti elokuuta ağustos sierpień sierpnia srpen srpna augusztus
 августа август серпня αυγούστου أغسطس अगस्त אוגוסט
september sept sep septembre septiembre settembre set setembro syyskuuta eylül wrzesień września září szeptember
 septembrie сентября сентябрь вересня σεπτεμβρίου سبتمبر सितंबर ספטמבר
october oct oktober okt octobre octubre ottobre ott outubro out lokakuuta ekim październik października říjen října
 október octombrie октября октябрь жовтня οκτωβρίου أكتوبر अक्टूबर אוקטובר
november nov novembre noviembre novembro marraskuuta kasım listopad listopada listopadu noiembrie
 ноября ноябрь листопада νοεμβρίου نوفمبر नवंबर נובמבר
december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro joulukuuta aralık grudzień grudnia
 prosinec prosince decembrie декабря декабрь грудня δεκεμβρίου ديسمبر दिसंबर דצמבר
"""
MONTHS = {
    name: number
    for number, line in enumerate(re.sub(r"\n ", " ", _NAMES.strip()).split("\n"), 1)
    for name in line.split()
}
"""The number of the month that a name, in small letters and without its dot, means."""

_SHORT = """
tam tammi sty led oca ian січ янв ιαν มกราคม ม.ค มค sausio
hel helmi lut úno şub fév fev лют фев φεβ กุมภาพันธ์ ก.พ กพ vasario
maa maalis bře márc бер мар μαρ มีนาคม มี.ค มีค kovo
huh huhti kwi nis ápr кві апр απρ เมษายน เม.ย เมย balandžio
tou touko kvě máj тра μαΐ พฤษภาคม พ.ค พค gegužės
kes kesä cze haz jún iun июн ιουν มิถุนายน มิ.ย มิย birželio
hei heinä lip tem júl iul лип июл ιουλ กรกฎาคม ก.ค กค liepos
elo sie srp ağu agu aoû сер авг αυγ สิงหาคม ส.ค สค rugpjūčio
syy syys wrz zář eyl szept вер сен сент σεπ กันยายน ก.ย กย rugsėjo
lok loka paź říj eki жов окт οκτ ตุลาคม ต.ค ตค spalio
marras kas noi ноя нояб νοε พฤศจิกายน พ.ย พย lapkričio
jou joulu gru pro ara des гру дек δεκ ธันวาคม ธ.ค ธค gruodžio
"""
SHORT_MONTHS = {
    name: number for number, line in enumerate(_SHORT.strip().split("\n"), 1) for name in line.split()
}
"""Short forms that only a field for a date means so: in a text they are words."""
