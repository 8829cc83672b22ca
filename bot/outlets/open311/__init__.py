"""Open311 GeoReport v2 under `/open311/v2`: other systems read our tickets and file their own.

Specification: https://wiki.open311.org/GeoReport_v2. One jurisdiction, so `jurisdiction_id` is
ignored; every request is `realtime`; both formats everywhere, JSON when the path has no ending.
"""
