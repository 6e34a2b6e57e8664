/*
 * packet_vtab: the virtual table `packet` over the chunks of the packet index.
 *
 * Read only, known without CREATE.  Looks up one frame of a source by its chunk; skips chunks by
 * source, frame and time.  A damaged chunk is an SQL error (SQLITE_CORRUPT_VTAB), never a crash.
 */
#ifndef STORE_PACKET_VTAB_H
#define STORE_PACKET_VTAB_H

struct sqlite3;

/* Returns an SQLite result code. */
int packet_vtab_register(struct sqlite3 *db);

#endif
