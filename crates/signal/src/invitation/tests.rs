//! Invitations in virtual time: behaviour first, then every interleaving, then long random histories.

mod behaviour;
mod explore;
mod faulty;
mod histories;
mod scene;
mod witness;
mod world;
