"""Step 100: hosts and domains that rest are found without reading all of them, and a domain's hosts, too."""

SCHEMA = """
CREATE INDEX hosts_resting ON hosts (rest_until_at) WHERE rest_until_at IS NOT NULL;
CREATE INDEX hosts_of_domain ON hosts (domain);
CREATE INDEX domains_resting ON domains (cool_until_at) WHERE cool_until_at > 0;
"""
