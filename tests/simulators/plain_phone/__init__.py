"""Many cheap telephones in one process, that note when every packet arrived.

The `softphone` is a whole SIP stack and takes a process a call; this one speaks just enough SIP
and RTP (A-law) to hold a call, at about half a percent of a core for each. Arrival times are the
kernel's, so that a busy caller does not look like a late service.
"""
