<?php
// What SimplePie shows of each address: a line of JSON for each, as bench/clients/entries.py reads it.
// Its titles, names and labels are HTML, made to be written into a page; here they are read as a browser would.

error_reporting(E_ERROR | E_PARSE);
// WordPress brings the library without the rest of itself, if it knows where it is.
define('ABSPATH', dirname($argv[1], 2) . '/');
define('WPINC', basename(dirname($argv[1])));
require_once $argv[1];

function shown($text)
{
    return $text === null ? null : html_entity_decode($text, ENT_QUOTES | ENT_HTML5, 'UTF-8');
}

foreach (array_slice($argv, 2) as $url) {
    $feed = new SimplePie();
    $feed->enable_cache(false);
    $feed->set_feed_url($url);
    if (!$feed->init()) {
        echo json_encode(['url' => $url, 'error' => (string) $feed->error()]), "\n";
        continue;
    }
    $entries = [];
    foreach ($feed->get_items() as $item) {
        $files = $pictures = $credits = [];
        foreach ($item->get_enclosures() ?: [] as $file) {
            if ($file->get_medium() === 'image') {
                $pictures[] = shown($file->get_link());
                foreach ($file->get_credits() ?: [] as $credit) {
                    $credits[] = shown($credit->get_name());
                }
            } elseif ($file->get_link()) {
                $files[] = [shown($file->get_link()), $file->get_type(), $file->get_length()];
            }
        }
        $entries[] = [
            'id' => $item->get_id(),
            'title' => shown($item->get_title()),
            'link' => shown($item->get_permalink()),
            'authors' => array_map(fn ($one) => shown($one->get_name() ?? $one->get_email()), $item->get_authors() ?: []),
            'summary' => $item->get_description(true),
            'content' => $item->get_content(true),
            'pictures' => $pictures,
            'credits' => $credits,
            'files' => $files,
            'labels' => array_map(fn ($one) => shown($one->get_label()), $item->get_categories() ?: []),
            'language' => null,
            'rights' => shown($item->get_copyright()),
            'published' => $item->get_date('c'),
            'updated' => method_exists($item, 'get_updated_date') ? $item->get_updated_date('c') : null,
        ];
    }
    echo json_encode(['url' => $url, 'entries' => $entries], JSON_INVALID_UTF8_SUBSTITUTE), "\n";
}
