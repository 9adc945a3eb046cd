import Bulletin

/// The messages between the source and the connections: those waiting for a connection, how often each was returned,
/// and the outcomes to be recorded.
struct MessagesInFlight {
    /// How often a message is tried on another connection before it is left for a later run.
    private static let mostReturns = 3

    /// The arguments of the next call of the recorder.
    var settled: [(SubscriberID, Outcome)] = []
    private(set) var handed: [SubscriberID] = []
    private var waiting: [OutgoingMessage] = []
    /// How often messages that were handed over came back.
    private var returns: [SubscriberID: Int] = [:]

    var hasWaiting: Bool { !waiting.isEmpty }
    var waitingCount: Int { waiting.count }

    mutating func add(_ messages: [OutgoingMessage]) { waiting.append(contentsOf: messages) }

    mutating func nextWaiting() -> OutgoingMessage? { waiting.isEmpty ? nil : waiting.removeFirst() }

    /// `message` was given to a connection; it is sent once that is recorded.
    mutating func hand(_ message: OutgoingMessage) {
        if returns[message.id] == nil { handed.append(message.id) }
    }

    /// A connection ended before it had sent these.
    mutating func takeBack(_ messages: [OutgoingMessage]) {
        for message in messages {
            returns[message.id, default: 0] += 1
            if returns[message.id] ?? 0 >= Self.mostReturns {
                settle(message.id, "\(Self.mostReturns) connections were lost before it was sent")
            } else {
                waiting.insert(message, at: 0)
            }
        }
    }

    /// No connection is left: messages handed over are deferred, the others remain owed.
    mutating func giveUp(_ why: String) {
        for message in waiting where returns[message.id] != nil { settle(message.id, why) }
        waiting = []
    }

    /// Passes both lists to the recorder, before anything else is sent.
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
