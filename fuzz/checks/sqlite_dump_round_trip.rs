//! What holds for dumps of PostgreSQL holds for those of SQLite: see [`pg_dump_round_trip`](super::pg_dump_round_trip).

/// Reads the input as a dump of SQLite.
pub fn check(data: &[u8]) {
    super::pg_dump_round_trip::round_trip(Some("sqlite_dump"), data);
}
