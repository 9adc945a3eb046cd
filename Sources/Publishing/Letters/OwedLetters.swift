package import Bulletin
package import Foundation
package import Logging
package import Planning

/// The end of a letter, for the record that it is owed in.
package enum LetterOutcome: Hashable, Sendable {
    case accepted
    /// Permanently, with the relay's words.
    case refused(String)
    /// For the moment, and why.
    case failed(String)
    /// Nothing is left to tell.
    case moot
}

/// Letters of one kind that are owed. Each is owed where that is written down, until the relay has answered and ``settle``
/// has written that down as well: so no crash loses one, and a crash in between repeats one with the same Message-ID.
package protocol OwedLetters: Sendable {
    associatedtype Owed: Identifiable & Sendable where Owed.ID: Sendable

    /// In the middle of a sentence, in the plural: `letters to subscribers`.
    static var kind: String { get }
    /// As many are sent in one pass.
    static var most: Int { get }
    /// Whether a letter that failed for now is tried again, later and later; otherwise that is its end.
    static var isRetried: Bool { get }
    /// The shortest time between two looks for owed letters.
    static var interval: Duration { get }

    /// The configuration and folder for the next look.
    var context: PublishingContext { get set }

    /// All that are owed, in the order in which they are to be sent.
    mutating func owed(at now: Date) throws -> [Owed]
    /// How many seconds it has to wait still; none where it is due.
    func wait(for owed: Owed, at now: Date) -> TimeInterval
    /// The letter itself; nil where there is nothing to say any more.
    func message(_ owed: Owed, at now: Date) throws -> OutgoingMessage?
    /// They are owed no more. Durable on return; where it throws, it is called again with the same.
    func settle(_ ended: [(owed: Owed, outcome: LetterOutcome)], at now: Date) throws
    /// Logs how one ended, where that is worth a line.
    func report(_ owed: Owed, _ outcome: LetterOutcome, to log: Logger)
}

extension OwedLetters {
    package static var most: Int { 20 }
    package static var isRetried: Bool { true }
    package static var interval: Duration { .zero }

    package func wait(for owed: Owed, at now: Date) -> TimeInterval { 0 }
    package func report(_ owed: Owed, _ outcome: LetterOutcome, to log: Logger) {}
}
