import Curl
import Foundation
import Settings

/// Goes to the public pages as a reader does, and posts to a link to leave as mail programs do, with a token that is none.
struct ExamineWeb {
    let configuration: Configuration
    let now: Date

    private var base: String { configuration.web.publicURL }

    func callAsFunction() -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        if !base.hasPrefix("https://") {
            findings.append(
                DoctorFinding(
                    .web, "Address", .warning, "\(base) is for this machine alone: no reader's link would work",
                    "set web.publicURL to the https address that the world sees"))
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
                    "see the web server's certificate: its name, its end and its chain"))
            return findings
        case .unreachable(let reason):
            return findings + [unasked("Address", reason)]
        }
        return findings + [oneClick()]
    }

    private func pages(_ answer: WebProbe.Answer) -> DoctorFinding {
        let remedy = "see deploy/ for samples of Caddy and nginx, and that fortnightd runs"
        if (300..<400).contains(answer.status) {
            return DoctorFinding(
                .web, "Pages", .wrong, "\(base)/ leads elsewhere (\(answer.status))",
                "set web.publicURL to where it leads, or take the redirection away")
        }
        guard answer.status == 200, answer.isOurs else {
            return DoctorFinding(
                .web, "Pages", .wrong, "\(base)/ answered \(answer.status), and not with our pages", remedy)
        }
        return DoctorFinding(.web, "Pages", .good, "\(base)/ shows our pages")
    }

    /// RFC 8058 section 3.1: the POST must come through, and not be led elsewhere.
    private func oneClick() -> DoctorFinding {
        let link = "\(base)/leave/doctor"
        let remedy = "let the web server hand POST requests on to \(configuration.web.listen) as they are"
        switch WebProbe.ask(link, posting: "List-Unsubscribe=One-Click") {
        case .answered(let answer) where answer.status == 404 && answer.isOurs:
            return DoctorFinding(.web, "One-click", .good, "a POST to a link to leave comes through")
        case .answered(let answer) where (300..<400).contains(answer.status):
            return DoctorFinding(
                .web, "One-click", .wrong,
                "a POST to a link to leave is led elsewhere (\(answer.status)), and does nothing",
                remedy)
        case .answered(let answer):
            return DoctorFinding(
                .web, "One-click", .wrong,
                "a POST to a link to leave was answered \(answer.status), and not by our pages",
                remedy)
        case .insecure(let reason), .unreachable(let reason): return unasked("One-click", reason)
        }
    }

    private func unasked(_ topic: String, _ reason: String) -> DoctorFinding {
        DoctorFinding(
            .web, topic, .warning, "could not be asked: \(reason)",
            "see that the name leads to this machine, and that the web server and fortnightd run")
    }
}
