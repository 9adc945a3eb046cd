/// The names that Windows, and so Outlook and Exchange, gives time zones, each with the IANA zone of its chief place,
/// as Unicode CLDR's table "windowsZones" pairs them.
enum WindowsZones {
    package static func zone(_ name: String) -> String? { byName[name.lowercased()] }

    private static let byName: [String: String] = {
        var byName: [String: String] = [:]
        for line in table.split(separator: "\n") {
            let parts = line.split(separator: "=")
            byName[parts[0].lowercased()] = String(parts[1])
        }
        return byName
    }()

    private static let table = """
        Dateline Standard Time=Etc/GMT+12
        Hawaiian Standard Time=Pacific/Honolulu
        Alaskan Standard Time=America/Anchorage
        Pacific Standard Time=America/Los_Angeles
        Pacific Standard Time (Mexico)=America/Tijuana
        US Mountain Standard Time=America/Phoenix
        Mountain Standard Time=America/Denver
        Mountain Standard Time (Mexico)=America/Mazatlan
        Central Standard Time=America/Chicago
        Central Standard Time (Mexico)=America/Mexico_City
        Central America Standard Time=America/Guatemala
        Canada Central Standard Time=America/Regina
        Eastern Standard Time=America/New_York
        Eastern Standard Time (Mexico)=America/Cancun
        US Eastern Standard Time=America/Indianapolis
        SA Pacific Standard Time=America/Bogota
        Cuba Standard Time=America/Havana
        Haiti Standard Time=America/Port-au-Prince
        Atlantic Standard Time=America/Halifax
        Venezuela Standard Time=America/Caracas
        SA Western Standard Time=America/La_Paz
        Central Brazilian Standard Time=America/Cuiaba
        Pacific SA Standard Time=America/Santiago
        Paraguay Standard Time=America/Asuncion
        Newfoundland Standard Time=America/St_Johns
        E. South America Standard Time=America/Sao_Paulo
        Argentina Standard Time=America/Buenos_Aires
        SA Eastern Standard Time=America/Cayenne
        Montevideo Standard Time=America/Montevideo
        Greenland Standard Time=America/Godthab
        Azores Standard Time=Atlantic/Azores
        Cape Verde Standard Time=Atlantic/Cape_Verde
        UTC=UTC
        Coordinated Universal Time=UTC
        GMT Standard Time=Europe/London
        Greenwich Standard Time=Atlantic/Reykjavik
        Morocco Standard Time=Africa/Casablanca
        W. Europe Standard Time=Europe/Berlin
        Central Europe Standard Time=Europe/Budapest
        Central European Standard Time=Europe/Warsaw
        Romance Standard Time=Europe/Paris
        W. Central Africa Standard Time=Africa/Lagos
        Namibia Standard Time=Africa/Windhoek
        GTB Standard Time=Europe/Bucharest
        E. Europe Standard Time=Europe/Chisinau
        FLE Standard Time=Europe/Kiev
        Kaliningrad Standard Time=Europe/Kaliningrad
        Egypt Standard Time=Africa/Cairo
        Middle East Standard Time=Asia/Beirut
        Syria Standard Time=Asia/Damascus
        Jordan Standard Time=Asia/Amman
        West Bank Standard Time=Asia/Hebron
        Israel Standard Time=Asia/Jerusalem
        South Africa Standard Time=Africa/Johannesburg
        Libya Standard Time=Africa/Tripoli
        Sudan Standard Time=Africa/Khartoum
        Turkey Standard Time=Europe/Istanbul
        Belarus Standard Time=Europe/Minsk
        Russian Standard Time=Europe/Moscow
        Arabic Standard Time=Asia/Baghdad
        Arab Standard Time=Asia/Riyadh
        E. Africa Standard Time=Africa/Nairobi
        Iran Standard Time=Asia/Tehran
        Arabian Standard Time=Asia/Dubai
        Azerbaijan Standard Time=Asia/Baku
        Georgian Standard Time=Asia/Tbilisi
        Mauritius Standard Time=Indian/Mauritius
        Caucasus Standard Time=Asia/Yerevan
        Afghanistan Standard Time=Asia/Kabul
        West Asia Standard Time=Asia/Tashkent
        Pakistan Standard Time=Asia/Karachi
        Ekaterinburg Standard Time=Asia/Yekaterinburg
        India Standard Time=Asia/Calcutta
        Sri Lanka Standard Time=Asia/Colombo
        Nepal Standard Time=Asia/Katmandu
        Bangladesh Standard Time=Asia/Dhaka
        Central Asia Standard Time=Asia/Almaty
        Myanmar Standard Time=Asia/Rangoon
        SE Asia Standard Time=Asia/Bangkok
        N. Central Asia Standard Time=Asia/Novosibirsk
        China Standard Time=Asia/Shanghai
        Singapore Standard Time=Asia/Singapore
        Taipei Standard Time=Asia/Taipei
        W. Australia Standard Time=Australia/Perth
        Ulaanbaatar Standard Time=Asia/Ulaanbaatar
        Tokyo Standard Time=Asia/Tokyo
        Korea Standard Time=Asia/Seoul
        Cen. Australia Standard Time=Australia/Adelaide
        AUS Central Standard Time=Australia/Darwin
        E. Australia Standard Time=Australia/Brisbane
        AUS Eastern Standard Time=Australia/Sydney
        Tasmania Standard Time=Australia/Hobart
        Lord Howe Standard Time=Australia/Lord_Howe
        West Pacific Standard Time=Pacific/Port_Moresby
        Vladivostok Standard Time=Asia/Vladivostok
        Central Pacific Standard Time=Pacific/Guadalcanal
        New Zealand Standard Time=Pacific/Auckland
        Fiji Standard Time=Pacific/Fiji
        Chatham Islands Standard Time=Pacific/Chatham
        Tonga Standard Time=Pacific/Tongatapu
        Samoa Standard Time=Pacific/Apia
        Line Islands Standard Time=Pacific/Kiritimati
        """
}
