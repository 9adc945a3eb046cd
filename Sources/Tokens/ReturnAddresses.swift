package import Bulletin
internal import Foundation

// The addresses that mail comes back to, one for each person and purpose (VERP): `bounces+0024.ID.SEAL@domain` for
// bounces, `bounces+unsubscribe.ID` and its code for unsubscribing by mail, `bounces+confirm.ID` and its code for
// confirming by mail. A local part has 64 octets (RFC 5321 section 4.5.3.1.1), so the code gets the rest, 16 characters
// (80 bits) at most. With a return address of 18 octets, the longest that the settings allow, 10 characters are left in
// a return path (7 if the mailing is a tenth correction of an issue of five figures) and 7 (35 bits) in the unsubscribe
// address. That is enough there: a forger needs the person's id as well, which is a keyed hash of 128 bits, and can
// only try by sending mail.

extension TokenKeys {
    private static let mostOctets = 64
    private static let lengths = 7...16
    private static let unsubscribe = Array("unsubscribe.".utf8)
    private static let confirm = Array("confirm.".utf8)

    /// The return path of one message (RFC 5321 section 3.3, MAIL FROM), under `delivery.returnAddress`, whose local
    /// part is not a quoted string and at most 18 octets long.
    package func returnPath(
        for id: SubscriberID, mailing: Mailing, at address: EmailAddress
    ) -> EmailAddress {
        var detail = Array(mailing.description.utf8)
        detail.reserveCapacity(Self.mostOctets)
        detail.append(UInt8(ascii: "."))
        id.append(to: &detail)
        detail.append(UInt8(ascii: "."))
        let count = Self.sealLength(after: address.local.utf8.count + 1 + detail.count)
        seal(mailing, id).append(count, to: &detail)
        return address.subaddress(String(decoding: detail, as: UTF8.self))
    }

    /// The mailing and the person of a returned message, from the local part of the address it came back to, in either
    /// case of its letters; nil if that is not one of our return paths.
    package func openReturnPath(_ localPart: some StringProtocol) -> (mailing: Mailing, id: SubscriberID)? {
        guard let (detail, before) = Self.detail(of: localPart) else { return nil }
        let parts = detail.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let mailing = Mailing(String(decoding: parts[0], as: UTF8.self)),
            let id = SubscriberID(ascii: parts[1]),
            seal(mailing, id).opens(
                parts[2], count: Self.sealLength(after: before + parts[0].count + 1 + parts[1].count + 1))
        else { return nil }
        return (mailing, id)
    }

    /// The address for unsubscribing by any mail, under the same return address as ``returnPath(for:mailing:at:)``.
    package func unsubscribeAddress(for id: SubscriberID, at address: EmailAddress) -> EmailAddress {
        var detail = Self.unsubscribe
        detail.reserveCapacity(Self.mostOctets)
        id.append(to: &detail)
        let count = Self.sealLength(after: address.local.utf8.count + 1 + detail.count)
        mailedSeal(id).append(count, to: &detail)
        return address.subaddress(String(decoding: detail, as: UTF8.self))
    }

    /// The person who asks to unsubscribe, from the local part of the recipient address, in either case of its letters;
    /// nil if it is not one of our unsubscribe addresses.
    package func openUnsubscribeAddress(_ localPart: some StringProtocol) -> SubscriberID? {
        guard let (detail, before) = Self.detail(of: localPart), detail.starts(with: Self.unsubscribe) else {
            return nil
        }
        let token = detail.dropFirst(Self.unsubscribe.count)
        guard let id = SubscriberID(ascii: token.prefix(SubscriberID.length)),
            mailedSeal(id).opens(
                token.dropFirst(SubscriberID.length),
                count: Self.sealLength(after: before + Self.unsubscribe.count + SubscriberID.length))
        else { return nil }
        return id
    }

    /// The address for confirming by a reply, valid as long as the record's `tokenVersion` is `version`.
    package func confirmAddress(for id: SubscriberID, version: Int, at address: EmailAddress) -> EmailAddress {
        var detail = Self.confirm
        id.append(to: &detail)
        let count = Self.sealLength(after: address.local.utf8.count + 1 + detail.count)
        mailedSeal(id, version: version).append(count, to: &detail)
        return address.subaddress(String(decoding: detail, as: UTF8.self))
    }

    /// The person who confirms, from the local part of the recipient address, in either case of its letters. `version`
    /// gives a record's `tokenVersion`; nil if it is not one of our confirm addresses, or has another version.
    package func openConfirmAddress(
        _ localPart: some StringProtocol, version: (SubscriberID) throws -> Int?
    ) rethrows -> LimitedToken? {
        guard let (detail, before) = Self.detail(of: localPart), detail.starts(with: Self.confirm) else { return nil }
        let token = detail.dropFirst(Self.confirm.count)
        guard let id = SubscriberID(ascii: token.prefix(SubscriberID.length)), let version = try version(id),
            mailedSeal(id, version: version).opens(
                token.dropFirst(SubscriberID.length),
                count: Self.sealLength(after: before + Self.confirm.count + SubscriberID.length))
        else { return nil }
        return LimitedToken(id: id, version: version)
    }

    private static func sealLength(after octets: Int) -> Int {
        min(max(mostOctets - octets, lengths.lowerBound), lengths.upperBound)
    }

    /// The part after the last plus sign, in lower case, and the number of octets up to and including it.
    private static func detail(of localPart: some StringProtocol) -> (detail: ArraySlice<UInt8>, before: Int)? {
        let text = Array(localPart.utf8.prefix(mostOctets + 1)).map { octet in
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(octet) ? octet | 0x20 : octet
        }
        guard text.count <= mostOctets, let plus = text.lastIndex(of: UInt8(ascii: "+")) else { return nil }
        return (text[(plus + 1)...], plus + 1)
    }

    private func seal(_ mailing: Mailing, _ id: SubscriberID) -> Seal {
        let issue = UInt64(bitPattern: Int64(mailing.issue.value))
        let correction = UInt64(bitPattern: Int64(mailing.correction ?? 0))
        return Seal(
            of: { code in
                code.update(issue, correction)
                code.update(id)
            }, under: returning)
    }

    private func mailedSeal(_ id: SubscriberID) -> Seal { Seal(of: { $0.update(id) }, under: mailedLeaving) }

    private func mailedSeal(_ id: SubscriberID, version: Int) -> Seal {
        Seal(
            of: { code in
                code.update(id)
                code.update(UInt64(bitPattern: Int64(version)))
            }, under: mailedConfirming)
    }
}
