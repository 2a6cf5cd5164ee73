//! The avatar service: speech in, a moving face out.

pub(crate) mod classify;
