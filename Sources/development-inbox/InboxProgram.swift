import ArgumentParser
import DevelopmentInbox
import Foundation

/// The development inbox as a program of its own.
@main
struct InboxProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "development-inbox",
        abstract: "An SMTP server that keeps what it is given, and a page to look at it.",
        discussion: """
            For trying things out: it delivers nothing, and shows all mail to whoever asks, so it listens on loopback \
            only. When it is ready it says so in one line. It ends on SIGTERM or SIGINT, once all it took is written.
            """)

    @Option(help: ArgumentHelp("Where to take mail; port 0 is any free one.", valueName: "address:port"))
    var smtp = "127.0.0.1:2525"

    @Option(help: ArgumentHelp("Where to take mail inside TLS from the first byte.", valueName: "address:port"))
    var smtps: String?

    @Option(help: ArgumentHelp("Where to show the page.", valueName: "address:port"))
    var web = "127.0.0.1:8025"

    @Option(
        help: ArgumentHelp("Keep each message as a file in this folder. Without it, in memory.", valueName: "folder"))
    var keep: String?

    @Flag(help: "Keep no message, only counts: for runs of many thousands.")
    var countOnly = false

    @Option(help: ArgumentHelp("The server's certificate chain (PEM); offers STARTTLS.", valueName: "file"))
    var tlsCert: String?

    @Option(help: ArgumentHelp("The private key of the certificate (PEM).", valueName: "file"))
    var tlsKey: String?

    @Option(help: ArgumentHelp("Ask for AUTH, with the password that this file holds.", valueName: "user:file"))
    var auth: String?

    @Option(help: ArgumentHelp("Faults to show, as JSON: see FaultScript.", valueName: "file"))
    var faults: String?

    func run() async throws {
        let server = InboxServer(try configuration())
        // Before the ready line, or a signal sent at once would end the program by default.
        let (signals, arrived) = AsyncStream.makeStream(of: Int32.self)
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { arrived.yield(number) }
            source.resume()
            return source
        }
        do {
            try await server.start()
        } catch let fault as InboxFault {
            throw Refusal(description: fault.description)
        }
        var line = "ready smtp=\(try Self.listener(smtp, "--smtp").host):\(server.smtpPort)"
        if let smtps, let port = server.smtpsPort {
            line += " smtps=\(try Self.listener(smtps, "--smtps").host):\(port)"
        }
        if let port = server.webPort { line += " web=\(try Self.listener(web, "--web").host):\(port)" }
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
        for await _ in signals { break }
        sources.forEach { $0.cancel() }
        try await server.stop()
    }

    private func configuration() throws -> InboxConfiguration {
        var configuration = InboxConfiguration()
        configuration.smtp = try Self.listener(smtp, "--smtp")
        configuration.smtps = try smtps.map { try Self.listener($0, "--smtps") }
        configuration.web = try Self.listener(web, "--web")
        if countOnly, keep != nil { throw ValidationError("--keep and --count-only exclude each other.") }
        if let keep { configuration.keep = .folder(keep) }
        if countOnly { configuration.keep = .countsOnly }
        switch (tlsCert, tlsKey) {
        case (let chain?, let key?): configuration.certificate = .init(chain: chain, key: key)
        case (nil, nil): break
        default: throw ValidationError("--tls-cert and --tls-key go together.")
        }
        if let auth { configuration.accounts = try Self.account(auth) }
        configuration.requiresAuthentication = auth != nil
        if let faults {
            guard let json = FileManager.default.contents(atPath: faults) else {
                throw Refusal(description: "\(faults) cannot be read. --faults names a JSON file.")
            }
            do {
                let script = try FaultScript(json: json)
                (configuration.faults, configuration.seed) = (script.rules, script.seed)
            } catch {
                throw Refusal(description: "\(faults): \(error.description)")
            }
        }
        return configuration
    }

    private static func listener(_ text: String, _ option: String) throws -> InboxConfiguration.Listener {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else {
            throw ValidationError("\(option) is an address and a port, such as 127.0.0.1:2525, not \(text).")
        }
        let host = text[..<colon].drop { $0 == "[" }.prefix { $0 != "]" }
        return .init(host: host == "localhost" ? "127.0.0.1" : String(host), port: port)
    }

    private static func account(_ text: String) throws -> [String: String] {
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else {
            throw ValidationError("--auth is a user name, a colon and the file that holds the password.")
        }
        let file = String(text[text.index(after: colon)...])
        guard let password = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw Refusal(description: "\(file) cannot be read. --auth names the file that holds the password.")
        }
        return [String(text[..<colon]): password.trimmingCharacters(in: .newlines)]
    }
}

/// Why the program does not start; exit status 1.
private struct Refusal: Error, CustomStringConvertible {
    let description: String
}
