use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use super::*;

fn wired() -> (Wired<DuplexStream>, DuplexStream, Arc<Wire>, Arc<Gate>) {
    let (near, far) = duplex(64);
    let (wire, gate) = (Arc::<Wire>::default(), Arc::<Gate>::default());
    let near = Wired::new(near, Arc::clone(&gate), Arc::clone(&wire));
    (near, far, wire, gate)
}

#[tokio::test(start_paused = true)]
async fn a_shut_gate_holds_writes_and_passes_reads() {
    let (mut near, mut far, _wire, gate) = wired();
    gate.shut();
    far.write_all(b"in").await.unwrap();
    let mut read = [0; 2];
    near.read_exact(&mut read).await.unwrap();
    assert_eq!(&read, b"in");

    let writing = tokio::spawn(async move {
        near.write_all(b"out").await.unwrap();
    });
    tokio::task::yield_now().await;
    assert!(!writing.is_finished());
    gate.open();
    writing.await.unwrap();
    let mut written = [0; 3];
    far.read_exact(&mut written).await.unwrap();
    assert_eq!(&written, b"out");
}

#[tokio::test(start_paused = true)]
async fn a_held_wire_goes_on_where_it_was() {
    let (mut near, mut far, wire, _gate) = wired();
    let time = Duration::from_secs(3);
    wire.strike(&Fault::Hold { time });
    let began = tokio::time::Instant::now();
    far.write_all(b"in").await.unwrap();
    let writing = tokio::spawn(async move {
        near.write_all(b"out").await.unwrap();
        let mut read = [0; 2];
        near.read_exact(&mut read).await.unwrap();
        assert_eq!(&read, b"in");
    });
    let mut written = [0; 3];
    far.read_exact(&mut written).await.unwrap();
    assert_eq!(began.elapsed().as_secs(), time.as_secs());
    writing.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_hang_outlasts_a_hold() {
    let (mut near, _far, wire, _gate) = wired();
    let time = Duration::from_secs(3);
    wire.strike(&Fault::Hold { time });
    wire.strike(&Fault::Hang);
    let writing = tokio::time::timeout(10 * time, near.write_all(b"out")).await;
    assert!(writing.is_err());
}

#[tokio::test(start_paused = true)]
async fn what_is_lost_in_one_direction_is_not_in_the_other() {
    let (mut near, mut far, wire, _gate) = wired();
    wire.strike(&Fault::LoseInput);
    far.write_all(b"lost").await.unwrap();
    near.write_all(b"out").await.unwrap();
    let mut written = [0; 3];
    far.read_exact(&mut written).await.unwrap();
    drop(far);
    let mut rest = Vec::new();
    near.read_to_end(&mut rest).await.unwrap();
    assert!(rest.is_empty());

    let (mut near, mut far, wire, _gate) = wired();
    wire.strike(&Fault::LoseOutput);
    far.write_all(b"in").await.unwrap();
    // More than the pipe holds, and nobody reads it.
    near.write_all(&[0; 1000]).await.unwrap();
    near.read_exact(&mut [0; 2]).await.unwrap();
    drop(near);
    assert_eq!(far.read_to_end(&mut rest).await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_truncated_stream_ends_after_so_many_bytes() {
    let (mut near, mut far, wire, _gate) = wired();
    wire.strike(&Fault::Truncate { after: 2 });
    let error = near.write_all(b"out").await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    drop(near);
    let mut written = Vec::new();
    far.read_to_end(&mut written).await.unwrap();
    assert_eq!(written, b"ou");
}

#[tokio::test(start_paused = true)]
async fn a_dripping_wire_lets_the_other_side_read_between_bytes() {
    let (mut near, mut far, wire, _gate) = wired();
    wire.strike(&Fault::Drip);
    let writing = tokio::spawn(async move {
        near.write_all(b"out").await.unwrap();
    });
    let reading = tokio::spawn(async move {
        let (mut reads, mut buffer) = (Vec::new(), [0; 8]);
        while let Ok(length @ 1..) = far.read(&mut buffer).await {
            reads.push(length);
        }
        reads
    });
    assert_eq!(reading.await.unwrap(), [1, 1, 1]);
    writing.await.unwrap();
}

/// Two writes are tried in a row, as by a task that reads and writes; it would wake itself for ever.
#[tokio::test(start_paused = true)]
async fn a_dripping_wire_that_is_full_lets_time_pass() {
    let (mut near, _far, wire, _gate) = wired();
    near.write_all(&[0; 64]).await.unwrap();
    wire.strike(&Fault::Drip);
    let writing = std::future::poll_fn(|cx| {
        let _ = Pin::new(&mut near).poll_write(cx, b"out");
        Pin::new(&mut near).poll_write(cx, b"out")
    });
    let waited = tokio::time::timeout(Duration::from_secs(1), writing).await;
    assert!(waited.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_reset_wakes_whoever_reads() {
    let (mut near, _far, wire, _gate) = wired();
    let reading = tokio::spawn(async move { near.read(&mut [0; 1]).await });
    tokio::task::yield_now().await;
    wire.strike(&Fault::Reset);
    let error = reading.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
}
