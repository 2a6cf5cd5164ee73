use ruopus::ogg::{CAPTURE_PATTERN, NO_GRANULE, OggError, Page};

use super::OpusError;

/// Largest audio packet taken: Opus allows 48 frames of 1275 bytes, and a few bytes around them.
pub const PACKET_BYTES_MAX: usize = 61_440;

/// Bytes of a page before its segment table.
const HEADER_BYTES: usize = 27;

/// One packet, put together from however many pages and chunks.
pub(super) struct Packet<'a> {
    pub(super) data: &'a [u8],
    /// Position at the end of the page, in samples at 48 kHz with the pre-skip.
    pub(super) position: u64,
    /// No other packet ends on this page.
    pub(super) ends_page: bool,
    /// The page is the last of the stream.
    pub(super) on_last_page: bool,
}

/// Cuts an Ogg stream into packets.
pub(super) struct Packets {
    /// The page that is arriving: at most 65,307 bytes, which its format ensures.
    page: Vec<u8>,
    stream: Stream,
}

/// The one logical stream that is read.
struct Stream {
    serial: Option<u32>,
    /// The packet that is arriving.
    packet: Vec<u8>,
    /// The page ended within a packet.
    open: bool,
    /// Packets completed.
    count: u64,
}

impl Packets {
    pub(super) fn new() -> Self {
        Self {
            page: Vec::new(),
            stream: Stream {
                serial: None,
                packet: Vec::new(),
                open: false,
                count: 0,
            },
        }
    }

    /// Nothing has arrived in part.
    pub(super) fn is_between(&self) -> bool {
        self.page.is_empty() && !self.stream.open
    }

    pub(super) fn held_bytes(&self) -> usize {
        self.page.capacity() + self.stream.packet.capacity()
    }

    pub(super) fn push(
        &mut self,
        mut bytes: &[u8],
        mut take: impl FnMut(&Packet<'_>) -> Result<(), OpusError>,
    ) -> Result<(), OpusError> {
        while !bytes.is_empty() {
            let wanted = wanted(&self.page) - self.page.len();
            let (now, later) = bytes.split_at(wanted.min(bytes.len()));
            self.page.extend_from_slice(now);
            bytes = later;
            let known = self.page.len().min(CAPTURE_PATTERN.len());
            if self.page[..known] != CAPTURE_PATTERN[..known] {
                return Err(OpusError::NotOgg);
            }
            if self.page.len() > HEADER_BYTES && self.page.len() == wanted_in_all(&self.page) {
                let (page, _) = Page::parse(&self.page).map_err(|error| match error {
                    OggError::BadCrc => OpusError::Checksum,
                    _ => OpusError::NotOgg,
                })?;
                self.stream.read(&page, &mut take)?;
                self.page.clear();
            }
        }
        Ok(())
    }
}

impl Stream {
    fn read(
        &mut self,
        page: &Page<'_>,
        take: &mut impl FnMut(&Packet<'_>) -> Result<(), OpusError>,
    ) -> Result<(), OpusError> {
        if *self.serial.get_or_insert(page.serial) != page.serial || page.continued != self.open {
            return Err(OpusError::Sequence);
        }
        let last_end = page.segments.iter().rposition(|&lacing| lacing < 255);
        let mut body = page.body;
        for (n, &lacing) in page.segments.iter().enumerate() {
            let (segment, rest) = body.split_at(usize::from(lacing));
            body = rest;
            self.collect(segment)?;
            self.open = lacing == 255;
            if !self.open {
                self.count += 1;
                take(&Packet {
                    data: &self.packet,
                    position: page.granule_position,
                    ends_page: last_end == Some(n) && page.granule_position != NO_GRANULE,
                    on_last_page: page.eos && page.granule_position != NO_GRANULE,
                })?;
                self.packet.clear();
            }
        }
        Ok(())
    }

    fn collect(&mut self, segment: &[u8]) -> Result<(), OpusError> {
        if self.packet.len() + segment.len() <= PACKET_BYTES_MAX {
            self.packet.extend_from_slice(segment);
            Ok(())
        } else if self.count == 1 {
            // Tags may carry a picture; only their first bytes are looked at.
            Ok(())
        } else {
            Err(OpusError::TooLarge)
        }
    }
}

/// Length at which more can be said about the page.
fn wanted(page: &[u8]) -> usize {
    if page.len() < HEADER_BYTES {
        HEADER_BYTES
    } else {
        wanted_in_all(page)
    }
}

/// Length of the page as far as its header is known; the header itself must be there.
fn wanted_in_all(page: &[u8]) -> usize {
    let table_end = HEADER_BYTES + usize::from(page[HEADER_BYTES - 1]);
    match page.get(HEADER_BYTES..table_end) {
        Some(table) => {
            table_end
                + table
                    .iter()
                    .map(|&lacing| usize::from(lacing))
                    .sum::<usize>()
        }
        None => table_end,
    }
}
