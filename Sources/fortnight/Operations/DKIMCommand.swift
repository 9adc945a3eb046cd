import ArgumentParser
import Bulletin
import Foundation
import Mail
import Publishing
import Settings

struct DKIMCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dkim", abstract: "Manage the keys that sign the mail.",
        subcommands: [DKIMGenerate.self, DKIMShow.self])
}

struct DKIMGenerate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Make a key, and print its DNS record.",
        discussion: """
            Writes a private key that only its owner may read, and prints the record to publish and the lines for \
            fortnight.yaml. Existing files are never overwritten. Every receiver knows RSA; an Ed25519 key can be added, with \
            a selector of its own.
            """)

    @Option(help: ArgumentHelp("The type of key: rsa (2048 bits) or ed25519.", valueName: "type"))
    var type: SigningKey.Algorithm = .rsa
    @Option(
        help: ArgumentHelp(
            "The name of the key in the DNS. Default: the one in fortnight.yaml that has no key yet, or else fortnight or "
                + "fortnight-ed25519.", valueName: "name"))
    var selector: String?
    @Option(
        help: ArgumentHelp(
            "The file for the key. Default: the one in fortnight.yaml, or else SELECTOR.pem beside it.",
            valueName: "file"))
    var file: String?
    @OptionGroup var listing: ListingOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let configuration = try common.configuration()
        let plan = try KeyPlan(self, configuration)
        let key = try SigningKey.make(type)
        let owner = KeyFile.owner(of: configuration.state)
        try KeyFile(plan.path).write(key.pem(), owner: owner)
        let record = try DKIMRecord(.init(domain: plan.domain, selector: plan.selector, key: key))
        if listing.json { return try record.printJSON(file: plan.path, algorithm: type) }
        print("Created \(plan.path) (\(key.inWords)), which only its owner may read.")
        if getuid() == 0, owner == nil {
            print(
                "It belongs to root: give it to the daemon's account, or pass it by LoadCredential= in the daemon's unit."
            )
        }
        print("")
        record.printForPeople(domain: plan.domain)
        print("")
        guard !plan.isConfigured else {
            return print("fortnight.yaml names it already: restart the daemon once the record is published.")
        }
        print("Once the record is published, put this into fortnight.yaml, and restart the daemon:\n")
        print(plan.lines(beside: configuration.dkim))
    }
}

extension SigningKey.Algorithm: ExpressibleByArgument {}

struct DKIMShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print the DNS records of the keys that fortnight.yaml names.")

    @OptionGroup var listing: ListingOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let configuration = try common.configuration()
        guard !configuration.dkim.isEmpty else {
            throw CommandFailure("no key is configured: make one with fortnight dkim generate")
        }
        for (index, section) in configuration.dkim.enumerated() {
            let identity = try configuration.identity(section)
            let record = try DKIMRecord(identity)
            if listing.json {
                try record.printJSON(file: configuration.keyPath(section), algorithm: identity.key.algorithm)
                continue
            }
            if index > 0 { print("") }
            print("\(configuration.keyPath(section)) (\(identity.key.inWords))\n")
            record.printForPeople(domain: section.domain)
        }
    }
}

/// The name and the file of a new key.
private struct KeyPlan {
    let domain: String
    let selector: String
    /// As fortnight.yaml names it.
    let file: String
    let path: String
    /// Whether fortnight.yaml names it already.
    let isConfigured: Bool

    init(_ command: DKIMGenerate, _ configuration: Configuration) throws {
        let usual = command.type == .rsa ? "fortnight" : "fortnight-ed25519"
        // Of those in the file, the one with this selector, or the first without a key.
        let section = configuration.dkim.first { section in
            if let selector = command.selector { return section.selector == selector.lowercased() }
            return !FileManager.default.fileExists(atPath: configuration.keyPath(section))
        }
        let selector = try Self.checked(command.selector ?? section?.selector ?? usual)
        let domain =
            section?.domain ?? configuration.dkim.first?.domain ?? configuration.bulletin.from.address.domain
        let path =
            command.file.map { URL(filePath: $0).standardizedFileURL.path } ?? section.map { configuration.keyPath($0) }
            ?? "\(configuration.folder)/\(selector).pem"
        if let section, configuration.keyPath(section) != path {
            throw CommandFailure(
                "the selector \(selector) belongs to \(configuration.keyPath(section)): choose another with --selector, so "
                    + "that mail on its way can still be verified")
        }
        (self.domain, self.selector, self.path) = (domain, selector, path)
        isConfigured = section != nil
        let folder = configuration.folder + "/"
        file = path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path
    }

    private static func checked(_ selector: String) throws -> String {
        let lower = selector.lowercased()
        guard Domain.aLabels(lower + ".example.org") == lower + ".example.org" else {
            throw ValidationError(
                "\(Terminal.safe(selector)) is not a selector: use letters, digits and hyphens, such as fortnight.")
        }
        return lower
    }

    /// Lines for fortnight.yaml, with the keys that it names already.
    func lines(beside others: [Configuration.DKIMSection]) -> String {
        let all = others.map { ($0.domain, $0.selector, $0.keyFile) } + [(domain, selector, file)]
        let sections = all.map { "{domain: \($0), selector: \($1), keyFile: \"\($2)\"}" }
        guard sections.count > 1 else { return "dkim: \(sections[0])" }
        return "dkim:\n" + sections.map { "  - \($0)" }.joined(separator: "\n")
    }
}

extension SigningKey {
    /// `RSA, 2048 bits`
    fileprivate var inWords: String { algorithm == .rsa ? "RSA, \(bits) bits" : "Ed25519" }
}

extension DKIMRecord {
    private struct Row: Encodable {
        let name: String
        let type = "TXT"
        let value: String
        let strings: [String]
        let file: String
        let algorithm: String

        enum CodingKeys: CodingKey { case name, type, value, strings, file, algorithm }
    }

    fileprivate func printJSON(file: String, algorithm: SigningKey.Algorithm) throws {
        try Row(name: name, value: value, strings: strings, file: file, algorithm: algorithm.rawValue).printJSON()
    }

    fileprivate func printForPeople(domain: String) {
        print("The TXT record to publish, for a zone file:\n")
        print(zoneLines)
        print("\nFor a web form, the name is \(name.dropLast(domain.count + 1)), and the value, in one piece:\n")
        print(value)
    }
}
