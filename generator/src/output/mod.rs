//! Files on disk: plan, compare, write by rename, remove only what the generator wrote.
