//! Invitations in virtual time: behaviour first, then every interleaving, then long random histories.

mod explore;
mod faulty;
mod witness;
mod world;
