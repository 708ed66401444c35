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
