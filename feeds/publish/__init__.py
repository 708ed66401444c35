"""From a feed's articles to the bytes that readers fetch: compose decides, the formats write."""
