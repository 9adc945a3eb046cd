package import Bulletin

/// Records the sending loop's steps before and after they happen.
package protocol DeliveryRecorder: Sendable {
    /// Called on the loop's own thread, at most once a turn, with the new outcomes and then the messages of which not
    /// one byte has been sent yet. Nothing of the messages in `handed` is sent before this returns; if it throws,
    /// nothing more is sent at all and the submission ends with that error.
    ///
    /// A message refused on our side (5.6.7, 5.3.4) is settled without having been handed over. A message that was
    /// handed over but whose body was never sent is tried again on another connection, without being handed over twice;
    /// if no connection is left it is settled as deferred with code 0, which does not count as a try.
    func record(settled: [(SubscriberID, Outcome)], handed: [SubscriberID]) throws
}
