//! Dumps of MariaDB: masked, restored into a real server, and sound.

mod collations;
mod cuts;
mod masked;
mod tab;
mod traps;
