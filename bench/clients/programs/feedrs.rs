// What feed-rs shows of each address: a line of JSON for each, as bench/clients/entries.py reads it.
use feed_rs::model::{Entry, Link};
use serde_json::{json, Value};

fn shown(entry: &Entry) -> Value {
    let mut pictures = vec![];
    let mut credits = vec![];
    let mut files = vec![];
    // The attachments of a JSON Feed are links without a relation, but with a type.
    let is_file = |one: &&Link| one.rel.as_deref().map_or(one.media_type.is_some(), |rel| rel == "enclosure");
    for link in entry.links.iter().filter(is_file) {
        files.push(json!([link.href, link.media_type, link.length]));
    }
    for media in &entry.media {
        credits.extend(media.credits.iter().map(|one| one.entity.clone()));
        for content in media.content.iter().filter(|one| one.url.is_some()) {
            let url = content.url.as_ref().unwrap().to_string();
            match content.content_type.as_ref().map(|one| one.to_string()) {
                Some(kind) if !kind.starts_with("image/") => files.push(json!([url, kind, content.size])),
                _ => pictures.push(url),
            }
        }
    }
    json!({
        "id": entry.id,
        "title": entry.title.as_ref().map(|one| &one.content),
        "link": entry.links.iter().find(|one| one.rel.as_deref().unwrap_or("alternate") == "alternate").map(|one| &one.href),
        "authors": entry.authors.iter().map(|one| &one.name).collect::<Vec<_>>(),
        "summary": entry.summary.as_ref().map(|one| &one.content),
        "content": entry.content.as_ref().and_then(|one| one.body.as_ref()),
        "pictures": pictures,
        "credits": credits,
        "files": files,
        "labels": entry.categories.iter().map(|one| one.label.as_ref().unwrap_or(&one.term)).collect::<Vec<_>>(),
        "language": entry.language,
        "rights": entry.rights.as_ref().map(|one| &one.content),
        "published": entry.published.map(|one| one.to_rfc3339()),
        "updated": entry.updated.map(|one| one.to_rfc3339()),
    })
}

fn read(url: &str) -> Result<Value, Box<dyn std::error::Error>> {
    let body = ureq::get(url).call()?.body_mut().read_to_vec()?;
    let feed = feed_rs::parser::parse(&body[..])?;
    Ok(feed.entries.iter().map(shown).collect())
}

fn main() {
    for url in std::env::args().skip(1) {
        match read(&url) {
            Ok(entries) => println!("{}", json!({"url": url, "entries": entries})),
            Err(fault) => println!("{}", json!({"url": url, "error": fault.to_string()})),
        }
    }
}
