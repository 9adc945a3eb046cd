import Foundation
import TestSupport
import Testing

@Suite("What is deployed", .wholePrograms)
struct DeploymentTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        .path
    private static let deploy = root + "/deploy"

    @Test("has units whose exposure is at most 1.5", arguments: ["fortnight.service", "fortnight-backup.service"])
    func exposure(unit: String) async throws {
        let analyze = try Programs.system("systemd-analyze", package: "systemd")
        let file = "\(Self.deploy)/systemd/\(unit)"
        let ending = try await ProgramRun.run(analyze, ["security", "--offline=true", "--threshold=15", file])
        #expect(ending.status == 0, "\(ending)")
        #expect(!ending.errors.contains(unit), "every line of it is understood: \(ending.errors)")
    }

    @Test("has units that run the programs where the package puts them, with options that they know")
    func unitsAndPackage() async throws {
        let package = try String(contentsOfFile: "\(Self.deploy)/package", encoding: .utf8)
        for unit in ["fortnight.service", "fortnight-backup.service"] {
            let text = try String(contentsOfFile: "\(Self.deploy)/systemd/\(unit)", encoding: .utf8)
            let commands = text.matches(of: /Exec\w+=(\/usr\/s?bin\/(fortnightd?))(.*)/)
            #expect(!commands.isEmpty)
            for command in commands {
                #expect(package.contains("\"$programs/\(command.2)\" \(command.1.dropFirst())"), "\(command.0)")
                guard command.2 == "fortnight", let name = command.3.split(separator: " ").first else { continue }
                let help = try await ProgramRun.run(Programs.ours("fortnight"), ["help", String(name)])
                for option in command.3.split(separator: " ") where option.hasPrefix("--") {
                    #expect(help.output.contains(option), "\(option)")
                }
            }
        }
    }

    @Test("makes the state folder with the owners and modes that the programs make it with")
    func stateFolder() async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            try await bulletin.done("subscribers", "add", "reader@example.org")
            let lines = try String(contentsOfFile: "\(Self.deploy)/systemd/tmpfiles.conf", encoding: .utf8)
            var packaged: [String: String] = [:]
            for line in lines.split(separator: "\n") where line.hasPrefix("d /var/lib/fortnight") {
                let words = line.split(separator: " ").map(String.init)
                #expect(words[3...] == ["fortnight", "fortnight-editors"], "\(line)")
                packaged[words[1].replacing("/var/lib/fortnight", with: "")] = words[2]
            }
            var made: [String: String] = [:]
            for path in try [""] + FileManager.default.subpathsOfDirectory(atPath: "\(scratch)/state").map({ "/" + $0 })
            {
                var status = stat()
                #expect(lstat("\(scratch)/state\(path)", &status) == 0)
                guard status.st_mode & S_IFMT == S_IFDIR else { continue }
                let mode = String(status.st_mode & 0o7777, radix: 8)
                made[path] = mode.count < 4 ? "0" + mode : mode
            }
            #expect(packaged == made)
        }
    }

    @Test("has an example configuration that works when its six marked lines are filled in")
    func example() async throws {
        let example = try String(contentsOfFile: "\(Self.deploy)/debian/fortnight.yaml", encoding: .utf8)
        #expect(example.components(separatedBy: "# FILL IN").count == 7)
        try await withScratchFolder { scratch in
            let file = "\(scratch)/fortnight.yaml"
            func check(_ text: String) async throws -> ProgramRun.Ending {
                // The state folder is made by the package.
                let placed = text.replacing("state: /var/lib/fortnight", with: "state: \(scratch)/state")
                try placed.write(toFile: file, atomically: true, encoding: .utf8)
                return try await ProgramRun.run(Programs.ours("fortnightd"), ["--check", "--config", file])
            }
            let empty = try await check(example)
            #expect(empty.status == 1)
            var text = example
            for (key, value) in [
                ("bulletin.name", "Health eBulletin"), ("bulletin.from", "Health eBulletin <bulletin@example.org>"),
                ("bulletin.postalAddress", "1 Example Street, Manchester M1 1AA"),
                ("schedule.first", "2099-12-02 10:00"), ("smtp.url", "smtp://127.0.0.1:25"),
                ("web.publicURL", "https://bulletin.example.org"),
            ] {
                #expect(empty.errors.contains(key), "\(empty.errors)")
                let name = key.split(separator: ".")[1]
                #expect(text.components(separatedBy: "\n  \(name):\n").count == 2, "\(key)")
                text.replace("\n  \(name):\n", with: "\n  \(name): \(value)\n")
            }
            let filled = try await check(text)
            #expect(filled.status == 0 && !filled.errors.contains("fortnight.yaml"), "\(filled)")
        }
    }

    @Test("has a sample for Caddy that Caddy accepts")
    func caddy() async throws {
        try await withScratchFolder { scratch in
            let ending = try await ProgramRun.run(
                Programs.system("caddy", package: "caddy"),
                ["validate", "--adapter", "caddyfile", "--config", "\(Self.deploy)/proxies/Caddyfile"],
                environment: ["HOME": scratch, "XDG_DATA_HOME": scratch, "XDG_CONFIG_HOME": scratch])
            #expect(ending.status == 0, "\(ending)")
        }
    }

    @Test("has a sample for nginx that passes on the visitor's address, and logs neither tokens nor full addresses")
    func nginx() async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525, settings: "")
            let daemon = try await bulletin.daemon()
            let port = try FreePort.any()
            let sample = try String(contentsOfFile: "\(Self.deploy)/proxies/nginx.conf", encoding: .utf8)
            let placed = sample.replacing("listen 80;", with: "listen 127.0.0.1:\(port);")
                .replacing("    listen [::]:80;\n", with: "")
                .replacing("http://127.0.0.1:8080", with: "http://127.0.0.1:\(bulletin.webPort)")
                .replacing("/var/log/nginx/fortnight.log", with: "\(scratch)/access.log")
            #expect(placed.contains("listen 127.0.0.1:\(port);") && placed.contains(":\(bulletin.webPort);"))
            try placed.write(toFile: "\(scratch)/sample.conf", atomically: true, encoding: .utf8)
            let bodies = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
                "\($0)_temp_path \(scratch)/\($0);"
            }
            try """
            daemon off;
            pid \(scratch)/nginx.pid;
            error_log stderr notice;
            events {}
            http {
                \(bodies.joined(separator: "\n    "))
                include \(scratch)/sample.conf;
            }
            """.write(toFile: "\(scratch)/nginx.conf", atomically: true, encoding: .utf8)
            let program = try Programs.system("nginx", package: "nginx-light")
            let check = try await ProgramRun.run(program, ["-t", "-c", "\(scratch)/nginx.conf"])
            #expect(check.status == 0, "\(check)")
            let nginx = try ProgramRun(program, ["-c", "\(scratch)/nginx.conf"])
            try await LivingBulletin.wait(for: "nginx to listen") { FreePort.answers(port) }
            let script = """
                import sys, urllib.request, urllib.error
                def ask(path):
                    try: return urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}{path}", timeout=20).status
                    except urllib.error.HTTPError as error: return error.code
                print(ask("/"), ask("/leave/" + "a" * 52))
                """
            let answers = try await ProgramRun.run(
                Programs.system("python3", package: "python3"), ["-c", script, String(port)])
            #expect(answers.output == "200 404\n", "\(answers)")
            nginx.signal(SIGTERM)
            _ = try await nginx.ended()
            let log = try String(contentsOfFile: "\(scratch)/access.log", encoding: .utf8)
            #expect(log.contains("127.0.0.0 [") && log.contains("\"GET /leave/-\" 404"), "\(log)")
            #expect(!log.contains("aaaa") && !log.contains("127.0.0.1"))
            daemon.signal(SIGTERM)
            #expect(try await daemon.ended().status == 0)
        }
    }
}
