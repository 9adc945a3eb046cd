import ArgumentParser
import Basics
import Foundation
import Operations
import Publishing
import Rendering
import Settings

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check the installation, and say how to fix any problem.",
        discussion: """
            Checks the configuration, the state folder, the machine, the relay, the domain's records, the public pages and \
            the editors' group. It sends nothing and changes nothing, takes half a minute at most, and names the checks \
            that it could not make. It exits with 1 where anything is wrong.
            """)

    @Option(
        help: ArgumentHelp(
            "Ask this name server instead of those in /etc/resolv.conf: an IP address, with or without a port.",
            valueName: "address"))
    var resolver: String?
    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    func run() async throws {
        let resolver = try resolver.map { try Self.server($0) }.map { Resolver([$0]) } ?? Resolver()
        let findings: [DoctorFinding]
        do {
            let place = try CommandContext(common, making: false, holdingSecrets: true)
            findings = await Examination(place.context, resolver: resolver, at: place.now)()
        } catch let fault as ConfigurationFault {
            findings = [DoctorFinding.unsoundConfiguration("\(fault)")]
        }
        if listing.json {
            for finding in findings { try DoctorRow(finding).printJSON() }
        } else {
            show(findings)
        }
        if findings.contains(where: { $0.verdict == .wrong }) { throw ExitCode(1) }
    }

    /// `192.0.2.1`, `192.0.2.1:5353`, `[2001:db8::1]:5353`
    private static func server(_ text: String) throws -> Resolver.Server {
        let bare = text.replacing("[", with: "").replacing("]", with: "")
        let isVersion6 = bare.count(where: { $0 == ":" }) > 1
        let colon = isVersion6 ? text.range(of: "]:")?.upperBound : text.range(of: ":")?.upperBound
        guard let colon else { return Resolver.Server(host: bare) }
        guard let port = Int(text[colon...]), (1...65535).contains(port) else {
            throw ValidationError("\(Terminal.safe(text)) is not a name server: give an IP address, or 192.0.2.1:5353.")
        }
        let host = text[..<text.index(before: colon)].filter { $0 != "[" && $0 != "]" }
        return Resolver.Server(host: String(host), port: port)
    }

    private func show(_ findings: [DoctorFinding]) {
        var last: DoctorFinding.Group?
        for finding in findings {
            if finding.group != last {
                print((last == nil ? "" : "\n") + Terminal.styled(Self.title(finding.group), .bold))
            }
            last = finding.group
            show(finding)
        }
        let (wrong, odd) = (count(.wrong, findings), count(.warning, findings))
        print("")
        if wrong + odd == 0 { return print(Terminal.styled("✓ No problems found.", .green)) }
        let words = [
            wrong > 0 ? "\(wrong) wrong" : nil, odd > 0 ? Listing.count(odd, "warning") : nil,
            "\(count(.good, findings)) good",
        ].compactMap { $0 }.joined(separator: ", ")
        print(Terminal.styled(words, wrong > 0 ? .red : .yellow))
    }

    private func count(_ verdict: DoctorFinding.Verdict, _ findings: [DoctorFinding]) -> Int {
        findings.count { $0.verdict == verdict }
    }

    private func show(_ finding: DoctorFinding) {
        let (sign, style): (String, Terminal.Style) =
            switch finding.verdict {
            case .good: ("✓ good   ", .green)
            case .warning: ("! warning", .yellow)
            case .wrong: ("✗ wrong  ", .red)
            }
        let head = 2 + 9 + 2 + 13
        let lines = TerminalText.wrapped(Terminal.safe(finding.words), to: max(30, Listing.width - head))
        for (index, line) in lines.enumerated() {
            let margin =
                index == 0
                ? "  \(Terminal.styled(sign, style))  \(TerminalText.fitted(finding.topic, to: 13))"
                : String(repeating: " ", count: head)
            print(margin + line)
        }
        guard let remedy = finding.remedy else { return }
        for (index, line) in TerminalText.wrapped(Terminal.safe(remedy), to: max(30, Listing.width - head - 2))
            .enumerated()
        {
            print(String(repeating: " ", count: head) + (index == 0 ? "→ " : "  ") + line)
        }
    }

    private static func title(_ group: DoctorFinding.Group) -> String {
        switch group {
        case .configuration: "Configuration"
        case .state: "The state folder and the daemon"
        case .machine: "This machine"
        case .relay: "The relay"
        case .domain: "The domain"
        case .web: "The public pages"
        case .mailbox: "The mailbox"
        case .people: "People"
        }
    }
}

/// A finding in JSON.
private struct DoctorRow: Encodable {
    let group: String
    let topic: String
    let verdict: String
    let words: String
    let remedy: String?

    init(_ finding: DoctorFinding) {
        (group, topic, verdict) = (finding.group.rawValue, finding.topic, finding.verdict.rawValue)
        (words, remedy) = (finding.words, finding.remedy)
    }
}
