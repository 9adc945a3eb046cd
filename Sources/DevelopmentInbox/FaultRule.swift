/// A moment of an SMTP dialogue at which the inbox may misbehave.
package enum FaultStage: String, Sendable, CaseIterable {
    /// The greeting.
    case connect
    /// The reply to EHLO or HELO.
    case ehlo
    case startTLS
    /// The last reply of an AUTH exchange.
    case auth
    case mail
    case rcpt
    /// The reply to DATA.
    case data
    /// While the message is arriving, at its first bytes.
    case body
    /// The reply to the whole message.
    case finalDot
    case rset
    case quit
}

/// The fault that the inbox simulates.
package enum FaultAction: Sendable, Equatable {
    /// Answers this. A code of 2yz (3yz at DATA) does what the command asked, any other does not.
    case reply(Int, enhanced: String? = nil, text: String)
    /// Answers these very bytes, well formed or not, and does what the command asked.
    case raw(String)
    /// Closes the connection without a word; a message is not kept.
    case closeBeforeReply
    /// Behaves, and closes the connection as soon as the reply is out.
    case closeAfterReply
    /// Does what was asked (keeps the message), then closes without replying.
    case acceptThenClose
    /// Answers `421` and closes.
    case shutDown
    /// Behaves, but answers late.
    case delay(Duration)
    /// Does what was asked, never answers, and never closes.
    case silence
    /// Behaves, with this time between any two bytes of the reply.
    case trickle(Duration)
    /// Behaves, with a reply of about this many bytes on as many lines as they need.
    case overlong(Int)
}

/// One scripted fault: when, to whom, how often, and what.
package struct FaultRule: Sendable, Equatable {
    /// Which of the events that fit otherwise are meant, counted from 1 over the life of the inbox.
    package enum Ordinal: Sendable, Equatable {
        case any
        /// These alone.
        case only(Set<Int>)
        /// The nth, the 2nth, and so on.
        case every(Int)
        /// The first n.
        case first(Int)

        func holds(_ count: Int) -> Bool {
            switch self {
            case .any: true
            case .only(let counts): counts.contains(count)
            case .every(let step): step > 0 && count.isMultiple(of: step)
            case .first(let most): count <= most
            }
        }
    }

    package var stage: FaultStage
    /// A pattern for a recipient's address, `*` standing for any characters; without `@` it is held against the local
    /// part alone. Letter case does not matter. At stages after RCPT it is enough that one recipient fits; before RCPT
    /// a rule with a pattern never fits.
    package var recipient: String?
    /// Only on these connections, counted from 1.
    package var connections: Ordinal
    /// Only at these events, counted among those that fit ``recipient`` and ``connections``.
    package var ordinal: Ordinal
    /// How likely the fault then is, 0 to 1.
    package var probability: Double
    package var action: FaultAction

    package init(
        when stage: FaultStage, recipient: String? = nil, connections: Ordinal = .any, ordinal: Ordinal = .any,
        probability: Double = 1, action: FaultAction
    ) {
        self.stage = stage
        self.recipient = recipient
        self.connections = connections
        self.ordinal = ordinal
        self.probability = probability
        self.action = action
    }

    /// The faults for addresses that begin with `hard.`, `full.` and `slow.`.
    package static let byAddress = [
        FaultRule(
            when: .rcpt, recipient: "hard.*", action: .reply(550, enhanced: "5.1.1", text: "Nobody of that name here")),
        FaultRule(when: .rcpt, recipient: "full.*", action: .reply(452, enhanced: "4.2.2", text: "Mailbox full")),
        FaultRule(when: .rcpt, recipient: "slow.*", action: .delay(.seconds(5))),
    ]
}
