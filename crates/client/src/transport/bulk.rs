//! Reading in small pieces while little comes, and in large ones while much does.
//!
//! The WebSocket library keeps the buffer that it reads into for as long as the connection lives, and a large one would
//! make up most of an idle session. So it gets a small one, and what a busy connection brings is fetched from the
//! operating system in large pieces here, into a buffer that is gone as soon as the connection pauses.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Some 300 tickers at a time.
const PIECE: usize = 64 << 10;

pub(super) struct Bulk<S> {
    stream: S,
    /// Empty unless the stream is busy.
    piece: Vec<u8>,
    /// What of `piece` is yet to be read.
    unread: std::ops::Range<usize>,
    /// The last read filled all the room it had, so there may be more.
    busy: bool,
}

impl<S> Bulk<S> {
    pub(super) const fn new(stream: S) -> Self {
        Self {
            stream,
            piece: Vec::new(),
            unread: 0..0,
            busy: false,
        }
    }
}

impl<S: AsyncRead + Unpin> Bulk<S> {
    fn poll_directly(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let room = room(buf);
        let mut part = ReadBuf::new(buf.initialize_unfilled_to(room));
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut part))?;
        self.busy = part.remaining() == 0;
        let size = part.filled().len();
        buf.advance(size);
        Poll::Ready(Ok(()))
    }

    /// Reads a piece, or lets go of its room when there is nothing.
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.piece.resize(PIECE, 0);
        let mut room = ReadBuf::new(&mut self.piece);
        let read = Pin::new(&mut self.stream).poll_read(cx, &mut room);
        self.unread = 0..room.filled().len();
        self.busy = room.remaining() == 0;
        if read.is_pending() {
            self.piece = Vec::new();
        }
        read
    }
}

/// How much is read into a buffer. A quarter of it stays free: the library asks for the room of a whole frame behind what
/// it has read, even when the frame is in there already, and doubles its buffer for good when there is none.
fn room(buf: &ReadBuf<'_>) -> usize {
    buf.remaining() - buf.remaining() / 4
}

impl<S: AsyncRead + Unpin> AsyncRead for Bulk<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.unread.is_empty() {
            if !this.busy && this.piece.is_empty() {
                return this.poll_directly(cx, buf);
            }
            ready!(this.poll_piece(cx))?;
        }
        let size = this.unread.len().min(room(buf));
        let end = this.unread.start + size;
        buf.put_slice(&this.piece[this.unread.start..end]);
        this.unread.start = end;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Bulk<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use tokio::io::AsyncReadExt;

    use super::*;

    /// Has so much to read, in parts, each of which ends in a pause; notes how much room it was read into.
    #[derive(Default)]
    struct Parts {
        parts: VecDeque<Vec<u8>>,
        rooms: Vec<usize>,
    }

    impl AsyncRead for Parts {
        fn poll_read(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            buf: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            self.rooms.push(buf.remaining());
            let Some(part) = self.parts.front_mut() else {
                return Poll::Ready(Ok(()));
            };
            if part.is_empty() {
                self.parts.pop_front();
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            let size = part.len().min(buf.remaining());
            buf.put_slice(&part.drain(..size).collect::<Vec<_>>());
            Poll::Ready(Ok(()))
        }
    }

    fn bulk(sizes: &[usize]) -> (Bulk<Parts>, Vec<u8>) {
        let numbers = |size: &usize| {
            (0..*size)
                .map(|at| u8::try_from(at % 251).unwrap())
                .collect()
        };
        let parts: VecDeque<Vec<u8>> = sizes.iter().map(numbers).collect();
        let all = parts.iter().flatten().copied().collect();
        let rooms = Vec::new();
        (Bulk::new(Parts { parts, rooms }), all)
    }

    async fn read_all(bulk: &mut Bulk<Parts>, room: usize) -> Vec<u8> {
        let mut all = Vec::new();
        let mut buffer = vec![0; room];
        loop {
            let size = bulk.read(&mut buffer).await.unwrap();
            if size == 0 {
                return all;
            }
            all.extend(&buffer[..size]);
        }
    }

    #[tokio::test]
    async fn everything_is_read_in_order_whatever_the_sizes() {
        for sizes in [
            &[10, 100_000, 1, 99, 100, 101, PIECE + 100][..],
            &[PIECE],
            &[],
        ] {
            for room in [1, 100, PIECE + 1] {
                let (mut bulk, all) = bulk(sizes);
                assert_eq!(read_all(&mut bulk, room).await, all, "{sizes:?}, {room}");
            }
        }
    }

    #[tokio::test]
    async fn quiet_stream_is_read_without_a_buffer_and_a_busy_one_in_large_pieces() {
        let (mut bulk, _) = bulk(&[74, 1_000, 74]);
        let mut buffer = [0; 100];
        assert_eq!(bulk.read(&mut buffer).await.unwrap(), 74);
        assert_eq!(bulk.piece.capacity(), 0);
        let mut read = 0;
        while read < 1_000 {
            let size = bulk.read(&mut buffer).await.unwrap();
            assert!(size <= 75, "a quarter stays free");
            read += size;
        }
        // What was there, a pause, all the room there was, and the rest in one piece.
        assert_eq!(bulk.stream.rooms, [75, 75, 75, PIECE]);
        assert!(bulk.piece.capacity() >= PIECE);
        assert_eq!(bulk.read(&mut buffer).await.unwrap(), 74);
        assert_eq!(bulk.piece.capacity(), 0, "there was a pause");
    }
}
