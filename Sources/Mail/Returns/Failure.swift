import Bulletin

/// How a delivery failed, by its code, or by the words where there is no code, or none that is exact.
struct Failure: Hashable, Sendable {
    /// 5.1.1: as it was reported, or as the words mean.
    let status: EnhancedCode
    let cause: ReturnCause

    /// Hard where the failure is permanent and lies with the address; soft where it may pass, or is not the address's
    /// fault.
    var `class`: ReturnClass { status.klass == 5 && cause.isOfAddress ? .hard : .soft }

    /// From the code of a report, the words of the server that refused, and the report's text around them.
    ///
    /// A code X.0.0 is less exact than the one that the server itself gave (RFC 3464 section 2.3.6): Exim reports 5.0.0
    /// whatever was said. Where neither code nor words say anything, the cause is `unsaid`.
    init(
        reported: EnhancedCode?, diagnostic: String, around: String = "", unsaid: ReturnCause = .refused
    ) {
        let said = ServerCodes(diagnostic)
        var status = reported
        if status == nil || status?.isVague == true, let exact = said.enhanced { status = exact }
        let bare = said.code.map { EnhancedCode($0 / 100, 0, 0) }
        if status == nil { status = bare }
        var cause = status.map { ReturnCause($0) }
        let isVague = status.map { $0.isVague || ReturnCause($0) == .refused && $0.subject <= 3 } ?? true
        if isVague {
            let told = FailurePhrases.cause(in: diagnostic) ?? FailurePhrases.cause(in: around)
            if let told {
                cause = told
            } else if said.code == 552 {
                cause = .full
            }
        } else if cause == .badAddress, FailurePhrases.saysFull(diagnostic) {
            cause = .full
        } else if let named = status, named.klass == 5, cause == .policy || cause == .passing,
            FailurePhrases.namesNobody(diagnostic)
        {
            // Exchange Online says 5.4.1 and others 5.7.1 of an address that nobody has.
            cause = .badAddress
        } else if cause == .ours, FailurePhrases.cause(in: diagnostic) == .badAddress {
            // Outlook.com says 5.5.0 of a mailbox that is gone.
            cause = .badAddress
        }
        let sure = cause ?? unsaid
        if let status, !(status.isVague && cause != nil && cause != .refused) {
            self.init(status: status, cause: sure)
        } else {
            self.init(status: Self.code(of: sure, klass: status?.klass), cause: sure)
        }
    }

    private init(status: EnhancedCode, cause: ReturnCause) { (self.status, self.cause) = (status, cause) }

    /// The code that a server would have given.
    private static func code(of cause: ReturnCause, klass: Int?) -> EnhancedCode {
        let (usual, subject, detail) =
            switch cause {
            case .badAddress: (5, 1, 1)
            case .refused: (5, 0, 0)
            case .full: (5, 2, 2)
            case .tooLarge: (5, 3, 4)
            case .policy: (5, 7, 1)
            case .passing: (4, 4, 0)
            case .ours: (5, 5, 0)
            }
        let stated = klass ?? usual
        return EnhancedCode(cause == .passing && klass == nil ? 4 : stated, subject, detail)
    }
}

extension EnhancedCode {
    /// 5.0.0 says no more than 5.
    var isVague: Bool { subject == 0 && detail == 0 }
}

/// The codes in a server's words: `550 5.1.1 <ann@example.org>: Recipient address rejected`, `#5.1.1`.
struct ServerCodes: Hashable, Sendable {
    /// Of RFC 5321 section 4.2; 4yz or 5yz.
    private(set) var code: Int?
    /// The first one that is more exact than X.0.0, else the first.
    private(set) var enhanced: EnhancedCode?

    /// Looks at the first kilobytes only.
    init(_ text: String) {
        let bytes = Array(text.utf8.prefix(4096))
        var index = 0
        while index < bytes.count {
            guard Self.isDigit(bytes[index]) else {
                index += 1
                continue
            }
            var end = index
            while end < bytes.count, Self.isDigit(bytes[end]) || bytes[end] == UInt8(ascii: ".") { end += 1 }
            let before = index > 0 ? bytes[index - 1] : UInt8(ascii: " ")
            let after = end < bytes.count ? bytes[end] : UInt8(ascii: " ")
            take(bytes[index..<end], before: before, after: after)
            index = end
        }
    }

    private mutating func take(_ token: ArraySlice<UInt8>, before: UInt8, after: UInt8) {
        guard !Self.isWordly(before), !Self.isWordly(after) else { return }
        // A full stop may end a sentence.
        let token = token.last == UInt8(ascii: ".") ? token.dropLast() : token
        guard let first = token.first, first == UInt8(ascii: "4") || first == UInt8(ascii: "5") else { return }
        if token.count == 3, token.allSatisfy(Self.isDigit) {
            if code == nil, before != UInt8(ascii: "["), [0x20, 0x2D, 0x3A, 0x2C, 0x29].contains(after) {
                code = Int(String(decoding: token, as: UTF8.self))
            }
        } else if let found = EnhancedCode(String(decoding: token, as: UTF8.self)) {
            if enhanced == nil || enhanced?.isVague == true && !found.isVague { enhanced = found }
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Whether a code beside it would be part of a name or an address.
    private static func isWordly(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
            UInt8(ascii: "@"), UInt8(ascii: "/"), UInt8(ascii: "="), 0x80...:
            true
        default: false
        }
    }
}
