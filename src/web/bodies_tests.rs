//! The bounds of a body, and of all of them.

use super::*;

fn runtime() -> tokio::runtime::Runtime {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime")
}

#[test]
fn a_body_at_its_bound_is_read_and_one_byte_more_is_not() {
    runtime().block_on(async {
        let bodies = Bodies::default();
        let read = bodies.read(Body::from("12345"), 5).await;
        assert_eq!(read, Ok(b"12345".to_vec()));
        let read = bodies.read(Body::from("123456"), 5).await;
        assert_eq!(read, Err(Refused::TooLarge));
        // One that does not say how long it is.
        let parts = ["123", "456"].map(Ok::<_, std::io::Error>);
        let body = Body::from_stream(futures_util::stream::iter(parts));
        assert_eq!(bodies.read(body, 5).await, Err(Refused::TooLarge));
        let parts = [Ok("12"), Err(std::io::Error::other("gone"))];
        let body = Body::from_stream(futures_util::stream::iter(parts));
        assert_eq!(bodies.read(body, 5).await, Err(Refused::Broken));
        assert_eq!(bodies.0.load(Ordering::Relaxed), 0);
    });
}

#[test]
fn all_bodies_together_have_a_bound() {
    runtime().block_on(async {
        let bodies = Bodies::default();
        bodies.0.store(TOGETHER - 4, Ordering::Relaxed);
        assert_eq!(
            bodies.read(Body::from("12345"), 5).await,
            Err(Refused::Busy)
        );
        assert_eq!(
            bodies.read(Body::from("1234"), 5).await,
            Ok(b"1234".to_vec())
        );
        assert_eq!(bodies.0.load(Ordering::Relaxed), TOGETHER - 4);
    });
}
