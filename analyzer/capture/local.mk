# analyzer/capture: see analyzer/design notes in docs/design.md
libdeadwire_a_SOURCES +=
