// What gofeed shows of each address: a line of JSON for each, as bench/clients/entries.py reads it.
package main

import (
	"encoding/json"
	"os"

	"github.com/mmcdole/gofeed"
)

func main() {
	out := json.NewEncoder(os.Stdout)
	for _, url := range os.Args[1:] {
		feed, err := gofeed.NewParser().ParseURL(url)
		if err != nil {
			out.Encode(map[string]any{"url": url, "error": err.Error()})
			continue
		}
		entries := []map[string]any{}
		for _, item := range feed.Items {
			entry := map[string]any{
				"id": item.GUID, "title": item.Title, "link": item.Link, "summary": item.Description,
				"content": item.Content, "labels": item.Categories, "credits": []string{},
				"published": item.PublishedParsed, "updated": item.UpdatedParsed,
			}
			names, pictures, files := []string{}, []string{}, [][]string{}
			for _, person := range item.Authors {
				names = append(names, person.Name)
			}
			if item.Image != nil {
				pictures = append(pictures, item.Image.URL)
			}
			for _, file := range item.Enclosures {
				files = append(files, []string{file.URL, file.Type, file.Length})
			}
			if dc := item.DublinCoreExt; dc != nil {
				if len(dc.Language) > 0 {
					entry["language"] = dc.Language[0]
				}
				if len(dc.Rights) > 0 {
					entry["rights"] = dc.Rights[0]
				}
			}
			entry["authors"], entry["pictures"], entry["files"] = names, pictures, files
			entries = append(entries, entry)
		}
		out.Encode(map[string]any{"url": url, "entries": entries})
	}
}
