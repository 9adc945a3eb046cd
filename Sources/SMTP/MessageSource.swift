package import Bulletin

/// The source of a submission's messages. It is asked on the sending loop's own thread, so no call may wait.
package protocol MessageSource: Sendable {
    /// At most `most` messages, in the order they are to be sent; fewer, or none, if no more are ready.
    func take(_ most: Int) -> [OutgoingMessage]

    /// True once `take` has returned the last message.
    var isFinished: Bool { get }

    /// `wake` must be called, from any thread, whenever messages become ready or the source finishes. Set once, before
    /// the first `take`.
    func whenReady(_ wake: @escaping @Sendable () -> Void)

    /// No more messages will be taken: the submission has ended. Messages not taken remain owed.
    func abandon()
}

extension MessageSource {
    package func whenReady(_ wake: @escaping @Sendable () -> Void) {}

    package func abandon() {}
}
