// What Rome shows of each address: a line of JSON for each, as bench/clients/entries.py reads it.
import com.rometools.modules.mediarss.MediaEntryModule;
import com.rometools.modules.mediarss.types.Credit;
import com.rometools.rome.feed.module.DCModule;
import com.rometools.rome.feed.synd.*;
import com.rometools.rome.io.SyndFeedInput;
import com.rometools.rome.io.XmlReader;
import java.net.URL;
import java.util.*;

public class Rome {
    static String json(Object value) {
        if (value == null) return "null";
        List<String> parts = new ArrayList<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, each) -> parts.add(json(name) + ":" + json(each)));
            return "{" + String.join(",", parts) + "}";
        }
        if (value instanceof Collection<?> list) {
            list.forEach(each -> parts.add(json(each)));
            return "[" + String.join(",", parts) + "]";
        }
        if (value instanceof Date date) return json(date.toInstant().toString());
        StringBuilder text = new StringBuilder("\"");
        for (char c : value.toString().toCharArray())
            text.append(c < 32 || c == '"' || c == '\\' || c > 126 ? String.format("\\u%04x", (int) c) : "" + c);
        return text.append('"').toString();
    }

    static Map<String, Object> shown(SyndEntry entry) {
        Map<String, Object> told = new LinkedHashMap<>();
        List<String> names = new ArrayList<>(), labels = new ArrayList<>();
        List<String> pictures = new ArrayList<>(), credits = new ArrayList<>();
        List<Object> files = new ArrayList<>();
        entry.getAuthors().forEach(each -> names.add(each.getName()));
        if (names.isEmpty() && entry.getAuthor() != null) names.add(entry.getAuthor());
        entry.getCategories().forEach(each -> labels.add(each.getLabel() != null ? each.getLabel() : each.getName()));
        entry.getEnclosures().forEach(each -> files.add(List.of(each.getUrl(), each.getType(), each.getLength())));
        if (entry.getModule("http://search.yahoo.com/mrss/") instanceof MediaEntryModule media)
            for (var each : media.getMediaContents())
                if ("image".equals(each.getMedium())) {
                    pictures.add(each.getReference().toString());
                    Credit[] found = each.getMetadata() == null ? null : each.getMetadata().getCredits();
                    for (Credit credit : found == null ? new Credit[0] : found) credits.add(credit.getName());
                }
        DCModule dc = (DCModule) entry.getModule(DCModule.URI);
        told.put("id", entry.getUri());
        told.put("title", entry.getTitle());
        told.put("link", entry.getLink());
        told.put("authors", names);
        told.put("summary", entry.getDescription() == null ? null : entry.getDescription().getValue());
        told.put("content", entry.getContents().isEmpty() ? null : entry.getContents().get(0).getValue());
        told.put("pictures", pictures);
        told.put("credits", credits);
        told.put("files", files);
        told.put("labels", labels);
        told.put("language", dc == null ? null : dc.getLanguage());
        told.put("rights", dc == null ? null : dc.getRights());
        told.put("published", entry.getPublishedDate());
        told.put("updated", entry.getUpdatedDate());
        return told;
    }

    public static void main(String[] urls) {
        for (String url : urls) {
            Map<String, Object> told = new LinkedHashMap<>();
            told.put("url", url);
            try {
                List<Object> entries = new ArrayList<>();
                new SyndFeedInput().build(new XmlReader(new URL(url))).getEntries().forEach(each -> entries.add(shown(each)));
                told.put("entries", entries);
            } catch (Exception fault) {
                told.put("error", fault.toString());
            }
            System.out.println(json(told));
        }
    }
}
