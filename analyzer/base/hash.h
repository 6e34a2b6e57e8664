/*
 * hash: keyed hashing for tables whose keys come from an attacker (SipHash-1-3,
 * the rounds that hash tables of Rust and Python use: an answer that nobody sees needs no more).
 *
 * The key is a secret of the run, so that nobody can write a capture whose flows all collide.  It
 * never decides an order: tables are walked by id, not by bucket.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash_key {
    uint64_t k0, k1;
};

/* A fresh random key. */
struct hash_key hash_key_random(void);

uint64_t hash_bytes(const struct hash_key *key, const void *p, size_t len);

/*
 * The same for answers that nobody sees and that are wanted for every packet: 16 bytes a
 * multiplication (folded 64 x 64 bits, as in wyhash).  With a secret key whoever writes a capture
 * cannot aim at a collision; with a known one he can.
 */
uint64_t hash_quick(const struct hash_key *key, const void *p, size_t len);

/* A fixed, unkeyed 64-bit mix for content marks that must be the same in every run. */
uint64_t hash_mix(uint64_t seed, const void *p, size_t len);

#endif
