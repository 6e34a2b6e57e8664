# analyzer/packet
