#ifndef SCRAPINGPROS_EXAMPLES_SERVICE_OPTIONS_HPP
#define SCRAPINGPROS_EXAMPLES_SERVICE_OPTIONS_HPP

#include <scrapingpros/client_options.hpp>

#include <cstdlib>
#include <string>

/// Which service an example talks to: its arguments BASE_URL and TOKEN, else SCRAPINGPROS_BASE_URL
/// and SP_TOKEN of the environment. SCRAPINGPROS_CA_FILE names a certificate authority to trust as
/// well.
inline scrapingpros::client_options service_options(int argc, char** argv)
{
    const auto variable = [](const char* name) {
        const char* value = std::getenv(name);
        return std::string(value ? value : "");
    };
    const std::string base_url = argc > 1 ? argv[1] : variable("SCRAPINGPROS_BASE_URL");

    // tag::options[]
    scrapingpros::client_options options;
    if (!base_url.empty()) options.base_url = base_url;
    options.token = scrapingpros::secret(argc > 2 ? argv[2] : variable("SP_TOKEN"));
    options.connection.tls.ca_file = variable("SCRAPINGPROS_CA_FILE");
    // end::options[]
    return options;
}

#endif
