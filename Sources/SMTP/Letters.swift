import Bulletin

/// The letters on their way from the source to a connection and back: those that wait for one, how often each was given
/// back, and what is to be recorded.
struct Letters {
    /// How often a letter is tried on yet another connection before it is left for a later run.
    private static let mostReturns = 3

    /// What the next call of the recorder is to say.
    var settled: [(SubscriberID, Outcome)] = []
    private(set) var handed: [SubscriberID] = []
    private var waiting: [OutgoingMessage] = []
    /// Of letters that were handed and came back.
    private var returns: [SubscriberID: Int] = [:]

    var hasWaiting: Bool { !waiting.isEmpty }
    var waitingCount: Int { waiting.count }

    mutating func add(_ letters: [OutgoingMessage]) { waiting.append(contentsOf: letters) }

    mutating func nextWaiting() -> OutgoingMessage? { waiting.isEmpty ? nil : waiting.removeFirst() }

    /// `letter` was given to a connection; it goes out once that is recorded.
    mutating func hand(_ letter: OutgoingMessage) {
        if returns[letter.id] == nil { handed.append(letter.id) }
    }

    /// A connection ended before it had sent these.
    mutating func takeBack(_ letters: [OutgoingMessage]) {
        for letter in letters {
            returns[letter.id, default: 0] += 1
            if returns[letter.id] ?? 0 >= Self.mostReturns {
                settle(letter.id, "\(Self.mostReturns) connections were lost before it was sent")
            } else {
                waiting.insert(letter, at: 0)
            }
        }
    }

    /// No connection is left: what was handed is deferred, what was not stays owed.
    mutating func giveUp(_ why: String) {
        for letter in waiting where returns[letter.id] != nil { settle(letter.id, why) }
        waiting = []
    }

    /// Hands both lists to `record`, which nothing may overtake.
    mutating func record(with recorder: any DeliveryRecorder) throws {
        guard !settled.isEmpty || !handed.isEmpty else { return }
        for (id, _) in settled where !returns.isEmpty { returns[id] = nil }
        try recorder.record(settled: settled, handed: handed)
        settled.removeAll(keepingCapacity: true)
        handed.removeAll(keepingCapacity: true)
    }

    private mutating func settle(_ id: SubscriberID, _ why: String) {
        settled.append((id, .deferred(Reply(code: 0, text: why))))
    }
}
