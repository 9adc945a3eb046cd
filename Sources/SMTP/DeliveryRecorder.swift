package import Bulletin

/// Writes down what the sending loop does, before and after it does it.
package protocol DeliveryRecorder: Sendable {
    /// Called on the loop's own thread, at most once a turn, with the outcomes that came in and then the letters of
    /// which not one byte has been sent yet. Nothing of those handed goes out before this returns; where it throws,
    /// nothing more is sent at all and the submission ends with that error.
    ///
    /// A letter refused on our side (5.6.7, 5.3.4) is settled without having been handed. A letter that was handed and
    /// whose body never went out is tried again on another connection, without being handed twice; where no connection
    /// is left it is settled as deferred with code 0, which counts as no try.
    func record(settled: [(SubscriberID, Outcome)], handed: [SubscriberID]) throws
}
