import Curl
import Foundation
import Settings

/// Fetches the public pages as a reader does, and posts to an unsubscribe link as mail programs do, with an invalid
/// token.
struct ExamineWeb {
    let configuration: Configuration
    let now: Date

    private var base: String { configuration.web.publicURL }

    func callAsFunction() -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        if !base.hasPrefix("https://") {
            findings.append(
                DoctorFinding(
                    .web, "Address", .warning, "\(base) is for this machine only: no reader's link would work",
                    "set web.publicURL to the public https address"))
        }
        switch WebProbe.ask("\(base)/") {
        case .answered(let answer):
            findings.append(pages(answer))
            if let ends = answer.certificateEnds {
                findings.append(ExamineRelay.certificate(of: base, ends: ends, .web, now))
            }
        case .insecure(let reason):
            findings.append(
                DoctorFinding(
                    .web, "Address", .wrong, "the certificate of \(base) does not verify: \(reason)",
                    "check the web server's certificate: its name, expiry date and chain"))
            return findings
        case .unreachable(let reason):
            return findings + [unasked("Address", reason)]
        }
        return findings + [oneClick()]
    }

    private func pages(_ answer: WebProbe.Answer) -> DoctorFinding {
        let remedy = "compare with the samples for Caddy and nginx in deploy/, and check that fortnightd runs"
        if (300..<400).contains(answer.status) {
            return DoctorFinding(
                .web, "Pages", .wrong, "\(base)/ redirects elsewhere (\(answer.status))",
                "set web.publicURL to its destination, or remove the redirect")
        }
        guard answer.status == 200, answer.isOurs else {
            return DoctorFinding(
                .web, "Pages", .wrong, "\(base)/ answered \(answer.status), and not with Fortnight's pages", remedy)
        }
        return DoctorFinding(.web, "Pages", .good, "\(base)/ shows Fortnight's pages")
    }

    /// RFC 8058 section 3.1: the POST must arrive, and must not be redirected.
    private func oneClick() -> DoctorFinding {
        let link = "\(base)/leave/doctor"
        let remedy = "let the web server pass POST requests on to \(configuration.web.listen) as they are"
        switch WebProbe.ask(link, posting: "List-Unsubscribe=One-Click") {
        case .answered(let answer) where answer.status == 404 && answer.isOurs:
            return DoctorFinding(.web, "One-click", .good, "a POST to an unsubscribe link arrives")
        case .answered(let answer) where (300..<400).contains(answer.status):
            return DoctorFinding(
                .web, "One-click", .wrong,
                "a POST to an unsubscribe link is redirected (\(answer.status)), and has no effect",
                remedy)
        case .answered(let answer):
            return DoctorFinding(
                .web, "One-click", .wrong,
                "a POST to an unsubscribe link was answered \(answer.status), and not by Fortnight",
                remedy)
        case .insecure(let reason), .unreachable(let reason): return unasked("One-click", reason)
        }
    }

    private func unasked(_ topic: String, _ reason: String) -> DoctorFinding {
        DoctorFinding(
            .web, topic, .warning, "could not be reached: \(reason)",
            "check that the name resolves to this machine, and that the web server and fortnightd run")
    }
}
