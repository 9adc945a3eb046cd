package import Bulletin

/// Where a submission gets its letters from. It is asked on the sending loop's own thread, so no call may wait.
package protocol LetterSource: Sendable {
    /// At most `most` letters, in the order they are to be sent; fewer, or none, where no more are ready.
    func take(_ most: Int) -> [OutgoingMessage]

    /// True once `take` has given the last letter there will be.
    var isFinished: Bool { get }

    /// `wake` is to be called, from any thread, whenever letters became ready or the source finished. Said once,
    /// before the first `take`.
    func whenReady(_ wake: @escaping @Sendable () -> Void)

    /// No letter will be taken any more: the submission has ended. Letters not taken stay owed.
    func abandon()
}

extension LetterSource {
    package func whenReady(_ wake: @escaping @Sendable () -> Void) {}

    package func abandon() {}
}
