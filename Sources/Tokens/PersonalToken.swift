package import Bulletin
package import Foundation

/// The purpose of a link that never expires: it works as long as the person's record exists.
package enum LastingPurpose: Sendable, CaseIterable {
    /// To unsubscribe: 26 characters of id and 26 of its code.
    case leave
}

/// The purpose of a link that works until a time, and until the record's `tokenVersion` is raised.
package enum LimitedPurpose: Sendable, CaseIterable {
    /// To choose topics, format and pauses.
    case choices
    /// To confirm a request.
    case confirm
}

/// The content of a limited token whose code is right and which has not expired. The caller compares `version` with the
/// record's `tokenVersion`.
package struct LimitedToken: Hashable, Sendable {
    package let id: SubscriberID
    package let version: Int

    package init(id: SubscriberID, version: Int) { (self.id, self.version) = (id, version) }
}

extension TokenKeys {
    /// 52 characters of base32 for one person and one purpose.
    package func token(_ purpose: LastingPurpose, for id: SubscriberID) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(SubscriberID.length + Seal.length)
        append(purpose, for: id, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// As ``token(_:for:)``, appended to `bytes`: a message's links are made without a string.
    package func append(_ purpose: LastingPurpose, for id: SubscriberID, to bytes: inout [UInt8]) {
        id.append(to: &bytes)
        seal(purpose, id).append(to: &bytes)
    }

    /// The person of a token, in either case of its letters; nil if it is not one of ours for that purpose.
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
    /// Version and time are between id and code, in 26 characters like an id's: 64 bits each.
    private static let limitedLength = 2 * SubscriberID.length + Seal.length

    /// 78 characters of base32 for one person, one purpose and one version of the person's links, valid until `end`
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

    /// The content of a token, in either case of its letters; nil if it is not one of ours for that purpose, or had
    /// expired at `now`.
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
