package import Bulletin
package import Foundation

/// What a link that never expires is for: it works as long as the person's record does.
package enum LastingPurpose: Sendable, CaseIterable {
    /// To leave: 26 characters of id and 26 of its code.
    case leave
}

/// What a link is for that works until a time, and until the record's `tokenVersion` is raised.
package enum LimitedPurpose: Sendable, CaseIterable {
    /// To choose what one gets, and how.
    case choices
    /// To confirm a wish.
    case confirm
}

/// What a limited token says, once its code was found right and its time not over. Whoever opens it compares
/// `version` with the record's `tokenVersion`.
package struct LimitedToken: Hashable, Sendable {
    package let id: SubscriberID
    package let version: Int

    package init(id: SubscriberID, version: Int) { (self.id, self.version) = (id, version) }
}

extension TokenKeys {
    /// 52 characters of base32 that stand for one person and one purpose.
    package func token(_ purpose: LastingPurpose, for id: SubscriberID) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(SubscriberID.length + Seal.length)
        append(purpose, for: id, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// As ``token(_:for:)``, put at the end of `bytes`: a message's links are made without a string.
    package func append(_ purpose: LastingPurpose, for id: SubscriberID, to bytes: inout [UInt8]) {
        id.append(to: &bytes)
        seal(purpose, id).append(to: &bytes)
    }

    /// Whom a token stands for, in either case of its letters; nil where it is not one of ours for that purpose.
    package func open(_ token: some StringProtocol, as purpose: LastingPurpose) -> SubscriberID? {
        let text = Array(token.utf8.prefix(SubscriberID.length + Seal.length + 1))
        guard let id = SubscriberID(ascii: text.prefix(SubscriberID.length)),
            seal(purpose, id).opens(text.dropFirst(SubscriberID.length))
        else { return nil }
        return id
    }

    private func seal(_ purpose: LastingPurpose, _ id: SubscriberID) -> Seal {
        let key =
            switch purpose {
            case .leave: leaving
            }
        return Seal(of: { $0.update(id) }, under: key)
    }
}

extension TokenKeys {
    /// Version and time stand between id and code, in 26 characters as an id's: 64 bits each.
    private static let limitedLength = 2 * SubscriberID.length + Seal.length

    /// 78 characters of base32 that stand for one person, one purpose, one version of the person's links, until `end`
    /// (whole seconds).
    package func token(_ purpose: LimitedPurpose, for id: SubscriberID, version: Int, until end: Date) -> String {
        let terms = SubscriberID(
            high: UInt64(bitPattern: Int64(version)), low: UInt64(bitPattern: Int64(end.timeIntervalSince1970)))
        var text: [UInt8] = []
        text.reserveCapacity(Self.limitedLength)
        id.append(to: &text)
        terms.append(to: &text)
        seal(purpose, id, terms).append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// What a token says, in either case of its letters; nil where it is not one of ours for that purpose, or its time
    /// is over at `now`.
    package func open(_ token: some StringProtocol, as purpose: LimitedPurpose, at now: Date) -> LimitedToken? {
        let text = Array(token.utf8.prefix(Self.limitedLength + 1))
        let length = SubscriberID.length
        guard let id = SubscriberID(ascii: text.prefix(length)),
            let terms = SubscriberID(ascii: text.dropFirst(length).prefix(length)),
            seal(purpose, id, terms).opens(text.dropFirst(2 * length)),
            now.timeIntervalSince1970 < TimeInterval(Int64(bitPattern: terms.low)),
            let version = Int(exactly: Int64(bitPattern: terms.high))
        else { return nil }
        return LimitedToken(id: id, version: version)
    }

    private func seal(_ purpose: LimitedPurpose, _ id: SubscriberID, _ terms: SubscriberID) -> Seal {
        let key =
            switch purpose {
            case .choices: choosing
            case .confirm: confirming
            }
        return Seal(
            of: { code in
                code.update(id)
                code.update(terms)
            }, under: key)
    }
}
