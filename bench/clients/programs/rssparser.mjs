// What rss-parser shows of each address: a line of JSON for each, as bench/clients/entries.py reads it.
import Parser from "rss-parser";

const parser = new Parser();
for (const url of process.argv.slice(2)) {
  const told = { url };
  try {
    const feed = await parser.parseURL(url);
    told.entries = feed.items.map((item) => ({
      id: item.guid ?? item.id,
      title: item.title,
      link: item.link,
      authors: [item.creator ?? item.author],
      summary: item.summary ?? item.content,
      content: item["content:encoded"] ?? item.content,
      pictures: [],
      credits: [],
      files: item.enclosure ? [[item.enclosure.url, item.enclosure.type, item.enclosure.length]] : [],
      // Declared as texts, but an element with attributes is an object, and no text can be made of it.
      labels: (item.categories ?? []).map((one) => (typeof one === "string" ? one : "an object")),
      language: item.language,
      rights: item.rights,
      published: item.isoDate,
      updated: null,
    }));
  } catch (fault) {
    told.error = String(fault.message ?? fault);
  }
  console.log(JSON.stringify(told));
}
