package import Basics

/// Why an issue, or a correction, is held. Programs decide by the case; people read ``inWords``.
package enum Hold: Hashable, Sendable {
    /// A person held it, by login name, with their own reason.
    case byPerson(String, why: String?)
    /// The check found something that `check.blocking` names. It goes on by itself once that is mended.
    case byCheck(found: String)
    /// `schedule.release` is `approval`, and nobody released it by the time it was due.
    case notReleased
    /// It missed its time by more than `schedule.latest`, in seconds.
    case late(latest: Int)
    /// Nothing of it could be sent since then, by the schedule's clock: for longer than `schedule.latest`, in seconds.
    case stalled(since: LocalDateTime, latest: Int)
    /// Too many deliveries were refused (`delivery.stopAfterRefusals`).
    case refusals(Refusals)
    /// So many deliveries have an unknown outcome. It goes on by itself once a person has resolved them.
    case unknowns(Int, of: Mailing)
    /// The relay does not take our login; in the relay's words.
    case loginRefused(String)
    /// The relay refuses what we send, whoever the reader is.
    case relayFault(String)
    /// The relay took so many messages in a row without answering.
    case relaySilent(Int)
    /// A file of it, by its path in the state folder, is missing or damaged.
    case file(String, isMissing: Bool)
    /// `verify --repair` found its `state.json` damaged.
    case stateLost
    /// The state was restored from a backup, and nobody knows which readers got this correction.
    case restored
    /// As a program wrote it that stored no more than words and two flags.
    case recorded(String, byCheck: Bool = false, forUnknowns: Bool = false)

    /// Whether it ends by itself when the check finds nothing more.
    package var isByCheck: Bool {
        switch self {
        case .byCheck, .recorded(_, byCheck: true, forUnknowns: _): true
        default: false
        }
    }

    /// Whether it ends by itself when no delivery's outcome is unknown any more.
    package var isForUnknowns: Bool {
        switch self {
        case .unknowns, .recorded(_, byCheck: _, forUnknowns: true): true
        default: false
        }
    }

    /// Whether it is held for what stands in its files.
    package var isForFile: Bool { if case .file = self { true } else { false } }

    /// How the deliveries stood when refusals stopped it.
    package struct Refusals: Hashable, Sendable {
        package var mailing: Mailing
        package var refused: Int
        package var tried: Int
        package var audience: Int
        /// `delivery.stopAfterRefusals`, in per cent.
        package var share: Int
        /// Whether a person released it before, and only what came after that is counted.
        package var isAgain: Bool

        package init(mailing: Mailing, refused: Int, tried: Int, audience: Int, share: Int, isAgain: Bool) {
            (self.mailing, self.refused, self.tried, self.audience) = (mailing, refused, tried, audience)
            (self.share, self.isAgain) = (share, isAgain)
        }
    }

    /// In a sentence without a full stop, with the remedy where there is one.
    package var inWords: String {
        switch self {
        case .byPerson(let person, let why): "held by \(person)" + (why.map { ": \($0)" } ?? "")
        case .byCheck(let found): found
        case .notReleased: "nobody released it by the time it was due"
        case .late(let latest): "it missed its time by more than \(Double(latest).inWords)"
        case .stalled(let since, let latest):
            "its sending stopped on \(since.inWords), more than \(Double(latest).inWords) ago"
        case .refusals(let refusals): refusals.inWords
        case .unknowns(let count, let mailing):
            "\(count.grouped) message\(count == 1 ? "" : "s") may or may not have arrived; resolve them with fortnight "
                + "deliveries resolve \(mailing.argument), with --resend or --accepted, to continue"
        case .loginRefused(let words): "\(words); correct smtp.username or its password, then release the issue"
        case .relayFault(let words): "\(words); correct that, then release the issue"
        case .relaySilent(let count):
            "the relay took \(count) messages in a row without answering; look at the relay, then release the issue"
        case .file(let path, let isMissing):
            "\(path) is \(isMissing ? "missing" : "damaged"): restore it from a backup, then release the issue"
        case .stateLost: "its state.json was damaged: look at the issue, then release or skip it"
        case .restored: "the state was restored, and the recipients of this correction are not known"
        case .recorded(let words, _, _): words
        }
    }
}

extension Hold.Refusals {
    fileprivate var inWords: String {
        "\(refused.grouped) of the \(tried.grouped) messages tried \(isAgain ? "since its release " : "")were refused, and "
            + "\(audience.grouped) were to go out (delivery.stopAfterRefusals: \(share) per cent): look at fortnight "
            + "deliveries \(mailing.argument) --who refused, correct what is wrong, then release the issue"
    }
}

/// Why an issue is not published, or a correction not sent.
package enum Skip: Hashable, Sendable {
    /// A person skipped the issue, by login name, with their own reason.
    case byPerson(String, why: String?)
    /// A person dropped the correction.
    case dropped(by: String, why: String?)
    /// There was nothing to send, and `schedule.emptyIssue` is `skip`.
    case empty
    /// It was sent before the state was restored, as that person says, and the backup has nothing of it.
    case sentBeforeRestore(by: String)
    /// As a program wrote it that stored no more than words.
    case recorded(String)

    /// In a sentence without a full stop.
    package var inWords: String {
        switch self {
        case .byPerson(let person, let why): "skipped by \(person)" + (why.map { ": \($0)" } ?? "")
        case .dropped(let person, let why): "dropped by \(person)" + (why.map { ": \($0)" } ?? "")
        case .empty: "there was nothing to send"
        case .sentBeforeRestore(let person): Self.sentBeforeRestore(person)
        case .recorded(let words): words
        }
    }

    /// As it also stands in an issue that the backup has.
    static func sentBeforeRestore(_ person: String) -> String {
        "sent before the state was restored, says \(person); its recipients are not fully known"
    }
}
