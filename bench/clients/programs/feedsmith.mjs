// What feedsmith shows of each address: a line of JSON for each, as bench/clients/entries.py reads it.
import { parseFeed } from "feedsmith";

const plain = (text) => (typeof text === "string" ? text : text?.value);
const media = (one) => one.media?.contents ?? [];
const pictures = (one) => media(one).filter((each) => each.medium === "image");

function ofRss(item) {
  return {
    id: item.guid?.value,
    title: item.title,
    link: item.link,
    authors: item.dc?.creators ?? [],
    summary: item.description,
    content: item.content?.encoded,
    files: (item.enclosures ?? []).map((each) => [each.url, each.type, each.length]),
    labels: (item.categories ?? []).map((each) => each.name),
    language: item.dc?.languages?.[0],
    rights: item.dc?.rights?.[0],
    published: item.pubDate,
    updated: item.atom?.updated,
    ended: item.dcterms?.valid?.[0],
  };
}

function ofAtom(entry) {
  const links = (rel) => (entry.links ?? []).filter((each) => each.rel === rel);
  return {
    id: entry.id,
    title: plain(entry.title),
    link: links("alternate")[0]?.href,
    authors: (entry.authors ?? []).map((each) => each.name),
    summary: plain(entry.summary),
    content: plain(entry.content),
    files: links("enclosure").map((each) => [each.href, each.type, each.length]),
    labels: (entry.categories ?? []).map((each) => each.label ?? each.term),
    language: entry.xml?.lang,
    rights: plain(entry.rights),
    published: entry.published,
    updated: entry.updated,
  };
}

function ofJson(item) {
  return {
    id: item.id,
    title: item.title,
    link: item.url,
    authors: (item.authors ?? []).map((each) => each.name),
    summary: item.summary,
    content: item.content_html ?? item.content_text,
    pictures: item.image ? [item.image] : [],
    files: (item.attachments ?? []).map((each) => [each.url, each.mime_type, each.size_in_bytes]),
    labels: item.tags ?? [],
    language: item.language,
    published: item.date_published,
    updated: item.date_modified,
  };
}

const FORMS = { rss: [ofRss, "items"], atom: [ofAtom, "entries"], json: [ofJson, "items"] };
for (const url of process.argv.slice(2)) {
  const told = { url };
  try {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const { format, feed } = parseFeed(await answer.text());
    const [form, name] = FORMS[format];
    told.entries = (feed[name] ?? []).map((one) => ({
      pictures: pictures(one).map((each) => each.url),
      credits: pictures(one).flatMap((each) => (each.credits ?? []).map((credit) => credit.value)),
      ...form(one),
    }));
  } catch (fault) {
    told.error = String(fault.message ?? fault);
  }
  console.log(JSON.stringify(told));
}
