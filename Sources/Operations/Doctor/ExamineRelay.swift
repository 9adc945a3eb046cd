import Basics
import Curl
import Foundation
import Settings

/// Knocks at each relay as the daemon does, TLS and AUTH included, and sends nothing.
struct ExamineRelay {
    let relay: Relay
    let now: Date

    func callAsFunction() -> [DoctorFinding] {
        switch RelayProbe.knock(at: relay) {
        case .well(let greeting):
            var words = "\(relay) answers"
            words += greeting.isSecure ? " over TLS" : ", in plain text"
            if relay.username != nil { words += ", and takes the user name and the password" }
            return [DoctorFinding(.relay, "Connection", .good, words)]
                + [greeting.certificateEnds.map { Self.certificate(of: "\(relay)", ends: $0, .relay, now) }].compactMap
            { $0 }
        case .authRefused(let reason):
            return [
                DoctorFinding(.relay, "Login", .wrong, reason, "mend smtp.username and the file of smtp.passwordFile")
            ]
        case .tlsRefused(let reason):
            return [DoctorFinding(.relay, "TLS", .wrong, reason, "see smtp.tls in fortnight.yaml(5)")]
        case .unreachable(let reason):
            return [
                DoctorFinding(
                    .relay, "Connection", .warning, "could not be asked: \(reason)",
                    "see that it runs, and that no firewall stands between: nothing is sent meanwhile, and nothing is lost"
                )
            ]
        }
    }

    /// Whoever renews certificates does so some weeks before they end.
    private static let soon: TimeInterval = 14 * 86_400

    static func certificate(of name: String, ends: Date, _ group: DoctorFinding.Group, _ now: Date) -> DoctorFinding {
        let day = LocalDateTime(ends, in: .gmt).date.inWords
        let left = ends.timeIntervalSince(now)
        if left <= 0 {
            return DoctorFinding(group, "Certificate", .wrong, "that of \(name) ended on \(day)", "renew it")
        }
        return left < soon
            ? DoctorFinding(
                group, "Certificate", .warning, "that of \(name) ends in \(left.leftInWords), on \(day)",
                "see why it was not renewed yet")
            : DoctorFinding(group, "Certificate", .good, "that of \(name) holds until \(day)")
    }
}
