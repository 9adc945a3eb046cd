import Basics
import Curl
import Foundation
import Settings

/// Connects to each relay as the daemon does, TLS and AUTH included, and sends nothing.
struct ExamineRelay {
    let relay: Relay
    let now: Date

    func callAsFunction() -> [DoctorFinding] {
        switch RelayProbe.ask(relay) {
        case .well(let greeting):
            var words = "\(relay) answers"
            words += greeting.isSecure ? " over TLS" : ", in plain text"
            if relay.username != nil { words += ", and accepts the user name and password" }
            return [DoctorFinding(.relay, "Connection", .good, words)]
                + [greeting.certificateEnds.map { Self.certificate(of: "\(relay)", ends: $0, .relay, now) }].compactMap
            { $0 }
        case .authRefused(let reason):
            return [
                DoctorFinding(
                    .relay, "Login", .wrong, reason,
                    "correct smtp.username and the file named by smtp.passwordFile")
            ]
        case .tlsRefused(let reason):
            return [DoctorFinding(.relay, "TLS", .wrong, reason, "see smtp.tls in fortnight.yaml(5)")]
        case .unreachable(let reason):
            return [
                DoctorFinding(
                    .relay, "Connection", .warning, "could not be reached: \(reason)",
                    "check that it runs and that no firewall blocks it: until then nothing is sent, and nothing is lost"
                )
            ]
        }
    }

    /// Certificates are renewed some weeks before they expire.
    private static let soon: TimeInterval = 14 * 86_400

    static func certificate(of name: String, ends: Date, _ group: DoctorFinding.Group, _ now: Date) -> DoctorFinding {
        let day = LocalDateTime(ends, in: .gmt).date.inWords
        let left = ends.timeIntervalSince(now)
        if left <= 0 {
            return DoctorFinding(
                group, "Certificate", .wrong, "the certificate of \(name) expired on \(day)", "renew it")
        }
        return left < soon
            ? DoctorFinding(
                group, "Certificate", .warning, "the certificate of \(name) expires in \(left.leftInWords), on \(day)",
                "find out why it has not been renewed")
            : DoctorFinding(group, "Certificate", .good, "the certificate of \(name) is valid until \(day)")
    }
}
